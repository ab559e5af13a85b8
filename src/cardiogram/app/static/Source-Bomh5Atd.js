import{I as e,L as t,O as n,T as r,V as i,p as a}from"./app-DxNj9BUC.js";import{t as o}from"./notes-C_XzG2XY.js";var s=4e3;function c({text:c,notes:l,shown:u}){let d=t(null),f=c.split(`
`,4001),p=f.length>s?c.split(`
`).length-s:0,m=o(l,c.trimEnd().split(`
`).length);return e(()=>{let e=u&&d.current?.children[u[0]-1];e&&e.scrollIntoView({block:`center`})},[u]),a(i,{children:[a(`ol`,{class:`source`,ref:d,tabIndex:0,"aria-label":`Source`,children:f.slice(0,s).map((e,t)=>{let r=m.get(t+1),i=u!==null&&t+1>=u[0]&&t+1<=u[1],o=[r&&`noted`,i&&`marked`].filter(Boolean).join(` `);return a(`li`,{class:o||void 0,title:r?.map(({words:e})=>n(e)).join(`
`),children:a(`span`,{children:n(e)})},t)})}),p>0&&a(`p`,{class:`quiet`,children:[r(p),` more lines.`]})]})}export{c as t};
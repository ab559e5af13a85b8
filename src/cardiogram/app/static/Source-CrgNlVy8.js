import{H as e,K as t,N as n,V as r,h as i,k as a}from"./app-DqaKOVL_.js";import{t as o}from"./notes-C_XzG2XY.js";var s=4e3;function c({text:c,notes:l,shown:u}){let d=e(null),f=c.split(`
`,4001),p=f.length>s?c.split(`
`).length-s:0,m=o(l,c.trimEnd().split(`
`).length);return r(()=>{let e=u&&d.current?.children[u[0]-1];e&&e.scrollIntoView({block:`center`})},[u]),i(t,{children:[i(`ol`,{class:`source`,ref:d,tabIndex:0,"aria-label":`Source`,children:f.slice(0,s).map((e,t)=>{let r=m.get(t+1),a=u!==null&&t+1>=u[0]&&t+1<=u[1],o=[r&&`noted`,a&&`marked`].filter(Boolean).join(` `);return i(`li`,{class:o||void 0,title:r?.map(({words:e})=>n(e)).join(`
`),children:i(`span`,{children:n(e)})},t)})}),p>0&&i(`p`,{class:`quiet`,children:[a(p),` more lines.`]})]})}export{c as t};
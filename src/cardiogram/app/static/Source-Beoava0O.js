import{E as e,H as t,L as n,R as r,k as i,m as a}from"./app-DvW5OW5K.js";import{t as o}from"./notes-C_XzG2XY.js";var s=4e3;function c({text:c,notes:l,shown:u}){let d=r(null),f=c.split(`
`,4001),p=f.length>s?c.split(`
`).length-s:0,m=o(l,c.trimEnd().split(`
`).length);return n(()=>{let e=u&&d.current?.children[u[0]-1];e&&e.scrollIntoView({block:`center`})},[u]),a(t,{children:[a(`ol`,{class:`source`,ref:d,tabIndex:0,"aria-label":`Source`,children:f.slice(0,s).map((e,t)=>{let n=m.get(t+1),r=u!==null&&t+1>=u[0]&&t+1<=u[1],o=[n&&`noted`,r&&`marked`].filter(Boolean).join(` `);return a(`li`,{class:o||void 0,title:n?.map(({words:e})=>i(e)).join(`
`),children:a(`span`,{children:i(e)})},t)})}),p>0&&a(`p`,{class:`quiet`,children:[e(p),` more lines.`]})]})}export{c as t};
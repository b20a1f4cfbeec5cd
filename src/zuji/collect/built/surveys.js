/*! zuji 0.1.0 | Apache-2.0 */
"use strict";(()=>{function c(e){try{return e()}catch{return}}var v=`
:host { all: initial; position: fixed; inset: auto 16px 16px auto; z-index: 2147483000; }
section { font: 15px/1.5 system-ui, sans-serif; color: #1f2328; background: #fff; width: min(320px, calc(100vw - 32px));
  box-sizing: border-box; padding: 16px; border: 1px solid #d0d7de; border-radius: 12px; box-shadow: 0 8px 24px #0003; }
p { margin: 0 32px 12px 0; font-weight: 600; }
button { font: inherit; color: inherit; background: #f6f8fa; border: 1px solid #8c959f; border-radius: 8px; padding: 6px 12px;
  margin: 0 8px 8px 0; min-height: 36px; cursor: pointer; }
button:focus-visible, textarea:focus-visible { outline: 2px solid #0969da; outline-offset: 2px; }
.close { position: absolute; top: 10px; right: 2px; border: 0; background: none; }
textarea { font: inherit; color: inherit; background: inherit; width: 100%; box-sizing: border-box; margin-bottom: 8px;
  border: 1px solid #8c959f; border-radius: 8px; padding: 6px; }
@media (prefers-color-scheme: dark) {
  section { color: #e6edf3; background: #161b22; border-color: #3d444d; }
  button { background: #21262d; }
}`;function m(e,o){let t=document.createElement("div");t.dataset.private="";let n=t.attachShadow({mode:"open"}),r=new CSSStyleSheet;r.replaceSync(v),n.adoptedStyleSheets=[r];let i=u=>{t.remove(),removeEventListener("keydown",a),o(u)},a=u=>{u.key==="Escape"&&i()},s=document.createElement("section");s.setAttribute("role","dialog"),s.setAttribute("aria-label",e.question);let f=document.createElement("p");f.textContent=e.question;let d=p("×",()=>i());d.className="close",d.setAttribute("aria-label",e.close||"Close"),s.append(f,d,...h(e,i)),n.append(s),addEventListener("keydown",a),document.body.append(t)}function h({choices:e,question:o,send:t},n){if(e)return e.map(i=>p(i,()=>n(i)));let r=document.createElement("textarea");return r.rows=3,r.maxLength=1e3,r.setAttribute("aria-label",o),[r,p(t||"Send",()=>r.value.trim()&&n(r.value.trim()))]}function p(e,o){let t=document.createElement("button");return t.type="button",t.textContent=e,t.addEventListener("click",o),t}var x=window,b=x.zujiSurveys,l=!1;function g(e){for(let o of e.surveys){let t=()=>setTimeout(()=>y(e,o),(o.afterSeconds||0)*1e3);o.event?e.recorder.onSaid(n=>n===o.event&&t()):t()}}function y({recorder:e,name:o},t){let{id:n,question:r}=t,i=`${o}:survey:${n}`,a=c(()=>localStorage.getItem(i));l||a||!e.mayRecord()||!location.pathname.startsWith(t.path||"/")||(l=!0,c(()=>localStorage.setItem(i,"1")),e.saw("$survey_shown",{$survey:n,$question:r}),m(t,s=>{l=!1,s===void 0?e.saw("$survey_closed",{$survey:n}):e.saw("$survey_answered",{$survey:n,$question:r,$answer:s})}))}x.zujiSurveys={push:g};Array.isArray(b)&&b.forEach(g);})();

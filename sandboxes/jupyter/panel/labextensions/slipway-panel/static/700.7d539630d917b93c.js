"use strict";(self.rspackChunkslipway_panel=self.rspackChunkslipway_panel||[]).push([[700],{475(a,i,e){var o=e(601),s=e.n(o),r=e(314),t=(e.n(r))()(s());t.push([a.id,`/* Colours and controls of Slipway in JupyterLab: its theme's grounds and texts, the course's own colours for states. */

.slipway {
  --sw-good: #2c6e49;
  --sw-sea: #0e5a6d;
  --sw-oxide: #a8421f;
  --sw-amber: #8a5a00;
  --sw-quiet: #566570;
  --sw-ink: #1b2a35;
  --sw-line: #dcdfe1;
  --sw-line-strong: #7d8a93;
  --sw-ground: #fff;
  --sw-raised: #f5f6f6;
  --sw-good-ground: #e6f2ea;
  --sw-oxide-ground: #fbeae4;
  --sw-amber-ground: #fbf1da;
  --sw-sea-ground: #e3eff0;
  --sw-on-fill: #fff;
  --sw-serif: Charter, 'Bitstream Charter', 'Iowan Old Style', 'Source Serif 4', Cambria, Georgia, 'DejaVu Serif', serif;
  box-sizing: border-box;
  background: var(--sw-ground);
  color: var(--sw-ink);
  font-family: var(--jp-ui-font-family);
  font-size: var(--jp-ui-font-size1);
  line-height: 1.45;
  overflow-wrap: anywhere;
}

body[data-jp-theme-light='false'] .slipway {
  --sw-good: #86cfa4;
  --sw-sea: #74c7d2;
  --sw-oxide: #f5a184;
  --sw-amber: #e8bd6b;
  --sw-quiet: #a9b6be;
  --sw-ink: #e6ebee;
  --sw-line: #3a4145;
  --sw-line-strong: #8b989f;
  --sw-ground: var(--jp-layout-color1);
  --sw-raised: #262b2e;
  --sw-good-ground: #1a2f24;
  --sw-oxide-ground: #3b241c;
  --sw-amber-ground: #352b18;
  --sw-sea-ground: #17343f;
  --sw-on-fill: #10181c;
}

.slipway *,
.slipway *::before {
  box-sizing: border-box;
}

.slipway [hidden] {
  display: none;
}

.slipway h1,
.slipway h2,
.slipway h3,
.slipway p,
.slipway ol,
.slipway ul,
.slipway dl,
.slipway dd,
.slipway figure {
  margin: 0;
  padding: 0;
  list-style: none;
}

.slipway h1,
.slipway h2 {
  font-family: var(--sw-serif);
  font-weight: 700;
  line-height: 1.2;
  text-wrap: balance;
}

.slipway button {
  font: inherit;
  color: inherit;
  background: none;
  border: 0;
  padding: 0;
  text-align: start;
  cursor: pointer;
}

.slipway :focus-visible {
  outline: 2px solid var(--sw-oxide);
  outline-offset: 2px;
}

.slipway code,
.slipway pre {
  font-family: var(--jp-code-font-family);
  font-size: 0.92em;
  color: inherit;
  background: none;
  padding: 0;
}

.slipway pre {
  margin: 0.3em 0 0;
  padding: 0.6em 0.7em;
  background: var(--sw-raised);
  border: 1px solid var(--sw-line);
  border-radius: 4px;
  max-height: 24em;
  overflow: auto;
  white-space: pre;
  overflow-wrap: normal;
}

.slipway-Eyebrow {
  display: flex;
  flex-wrap: wrap;
  gap: 0.1em 0.6em;
  justify-content: space-between;
  color: var(--sw-quiet);
  font-size: 0.92em;
}

.slipway-Quiet {
  color: var(--sw-quiet);
  font-size: 0.92em;
}

.slipway-Actions {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 8px;
}

.slipway .slipway-Actions button:not(.slipway-link),
.slipway .slipway-Empty button,
.slipway button.slipway-primary {
  min-height: 28px;
  padding: 3px 11px;
  border: 1px solid var(--sw-line-strong);
  border-radius: 5px;
  background: var(--sw-ground);
  text-align: center;
}

.slipway .slipway-Actions button:not(.slipway-link):hover,
.slipway .slipway-Empty button:hover {
  background: var(--sw-raised);
}

.slipway .slipway-Actions button.slipway-primary:not(.slipway-link),
.slipway button.slipway-primary {
  border-color: var(--sw-sea);
  background: var(--sw-sea);
  color: var(--sw-on-fill);
  font-weight: 600;
}

.slipway .slipway-Actions button.slipway-primary:hover,
.slipway button.slipway-primary:hover {
  filter: brightness(1.1);
}

.slipway button[aria-disabled='true'] {
  cursor: progress;
}

.slipway button.slipway-link {
  min-height: 24px;
  color: var(--sw-sea);
  text-decoration: underline;
  text-decoration-thickness: 0.06em;
  text-underline-offset: 0.2em;
}

.slipway-Icon {
  flex: none;
  width: 1.35em;
  height: 1.35em;
  color: var(--sw-line-strong);
}

.slipway-Icon .fill {
  fill: currentcolor;
}

.slipway-Icon .on-fill {
  fill: none;
  stroke: var(--sw-on-fill);
  stroke-width: 2.2;
  stroke-linecap: round;
  stroke-linejoin: round;
}

.slipway-Icon .line {
  fill: none;
  stroke: currentcolor;
  stroke-width: 2;
  stroke-linecap: round;
}

.slipway-Icon .dashed {
  stroke-dasharray: 3 3.3;
}

.slipway [data-look='passed'] > .slipway-Word,
.slipway-Icon[data-look='passed'] {
  color: var(--sw-good);
}

.slipway-Icon[data-look='not yet'] {
  color: var(--sw-oxide);
}

.slipway-Icon[data-look='broken'] {
  color: var(--sw-oxide);
}

.slipway-Icon[data-look='waiting'] {
  color: var(--sw-amber);
}

.slipway-Chevron {
  flex: none;
  width: 1.1em;
  height: 1.1em;
  margin-top: 0.15em;
  fill: none;
  stroke: var(--sw-quiet);
  stroke-width: 2;
  stroke-linecap: round;
  stroke-linejoin: round;
}

.slipway [aria-expanded='true'] > .slipway-Chevron {
  transform: rotate(90deg);
}

@media (prefers-reduced-motion: no-preference) {
  .slipway-Chevron {
    transition: transform 0.12s;
  }

  .slipway-Icon[data-look='waiting'] {
    animation: slipway-waiting 1.6s ease-in-out infinite;
  }
}

@keyframes slipway-waiting {
  50% {
    opacity: 0.45;
  }
}

/* For screen readers only. */
.slipway-Live {
  position: absolute;
  width: 1px;
  height: 1px;
  margin: -1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
`,""]),e.d(i,{},{A:t})},891(a,i,e){var o=e(601),s=e.n(o),r=e(314),t=(e.n(r))()(s());t.push([a.id,`/* The page with the course. */

.slipway-Course {
  overflow: auto;
  font-size: var(--jp-ui-font-size2);
  container: slipway-course / inline-size;
}

.slipway-Course-page {
  max-width: 46em;
  margin: 0 auto;
  padding: 40px 24px 60px;
}

.slipway-Brand {
  display: flex;
  gap: 16px;
  align-items: center;
  margin-bottom: 24px;
}

.slipway-Mark {
  flex: none;
  width: 60px;
}

.slipway-Course h1 {
  font-size: 2.1em;
}

.slipway-Course h2 {
  font-size: 1.3em;
  margin: 1.4em 0 0.4em;
}

.slipway-NextLab {
  padding: 18px 20px;
  margin-bottom: 16px;
  background: var(--sw-sea-ground);
  border-radius: 8px;
}

.slipway .slipway-NextLab p {
  color: var(--sw-ink);
}

.slipway .slipway-NextLab-title {
  font-family: var(--sw-serif);
  font-size: 1.5em;
  font-weight: 700;
}

.slipway .slipway-NextLab button {
  margin-top: 12px;
  min-height: 34px;
  padding: 5px 16px;
}

.slipway-Course li {
  border-bottom: 1px solid var(--sw-line);
}

.slipway-Course li > button {
  display: grid;
  grid-template-columns: 1.4em 2.4em minmax(0, 1fr) max-content 4.5em;
  gap: 4px 10px;
  align-items: center;
  width: 100%;
  min-height: 38px;
}

.slipway.slipway-Course li > button {
  padding: 6px 8px;
}

.slipway.slipway-Course li > button:hover {
  background: var(--sw-raised);
}

.slipway-Course li[data-next='true'] .slipway-Row-title {
  font-weight: 600;
}

.slipway-Course li .slipway-Icon[data-look='not yet'] {
  color: var(--sw-line-strong);
}

.slipway-Course li .slipway-Icon[data-look='waiting'] {
  animation: none;
}

.slipway-Row-number,
.slipway-Row-state,
.slipway-Row-minutes {
  color: var(--sw-quiet);
  font-variant-numeric: tabular-nums;
}

.slipway-Row-minutes {
  text-align: end;
}

@container slipway-course (max-width: 520px) {
  .slipway-Course-page {
    padding: 20px 14px 40px;
  }

  .slipway-Course li > button {
    grid-template-columns: 1.4em 2.4em minmax(0, 1fr);
  }

  .slipway-Row-state,
  .slipway-Row-minutes {
    grid-column: 3;
    text-align: start;
  }
}
`,""]),e.d(i,{},{A:t})},646(a,i,e){var o=e(601),s=e.n(o),r=e(314),t=e.n(r),n=e(475),p=e(724),l=e(891),w=t()(s());w.i(n.A),w.i(p.A),w.i(l.A),w.push([a.id,`
`,""]),e.d(i,{},{A:w})},724(a,i,e){var o=e(601),s=e.n(o),r=e(314),t=(e.n(r))()(s());t.push([a.id,`/* The panel: readable from 240 pixels up. */

.slipway#slipway-panel {
  min-width: min(320px, calc(100vw - 84px));
  overflow: hidden auto;
  container: slipway-panel / inline-size;
}

.slipway-Header {
  padding: 12px 14px 12px;
}

.slipway-Header h2 {
  margin: 2px 0 10px;
  font-size: 1.55em;
}

.slipway-Bar {
  display: flex;
  gap: 3px;
  height: 6px;
}

.slipway-Bar i {
  flex: 1 1 0;
  min-width: 3px;
  border-radius: 3px;
  background: var(--sw-line);
}

.slipway-Bar i[data-look='passed'] {
  background: var(--sw-good);
}

.slipway-Bar i[data-look='broken'] {
  background: var(--sw-oxide);
}

.slipway-Bar i[data-look='waiting'] {
  background: var(--sw-amber);
}

.slipway-Points {
  display: flex;
  flex-wrap: wrap;
  justify-content: space-between;
  align-items: baseline;
  gap: 0 8px;
}

.slipway-Header .slipway-Points {
  margin: 6px 0 10px;
}

.slipway-Message,
.slipway-Tour {
  margin: 0 14px 12px;
  padding: 9px 11px;
  border-radius: 6px;
  background: var(--sw-sea-ground);
  border-inline-start: 3px solid var(--sw-sea);
}

.slipway-Message[data-kind='lost'] {
  background: var(--sw-amber-ground);
  border-color: var(--sw-amber);
}

.slipway-Message[data-kind='error'] {
  background: var(--sw-oxide-ground);
  border-color: var(--sw-oxide);
}

.slipway-Message[data-kind='done'] {
  background: var(--sw-good-ground);
  border-color: var(--sw-good);
}

.slipway-Message .slipway-Actions,
.slipway-Tour .slipway-Actions {
  margin-top: 8px;
}

.slipway .slipway-Message .slipway-Quiet,
.slipway .slipway-Tour .slipway-Quiet {
  color: var(--sw-ink);
}

.slipway .slipway-Message .slipway-link,
.slipway .slipway-Tour .slipway-link {
  color: var(--sw-ink);
}

.slipway-Tour {
  margin-top: 12px;
}

.slipway-Empty {
  padding: 18px 14px;
}

.slipway div.slipway-Empty p + p,
.slipway-Empty button {
  margin-top: 10px;
}

.slipway-Tabs {
  display: flex;
  gap: 18px;
  padding: 0 14px;
  border-bottom: 1px solid var(--sw-line);
}

.slipway .slipway-Tabs button {
  min-height: 32px;
  color: var(--sw-quiet);
  border-bottom: 2px solid transparent;
}

.slipway .slipway-Tabs button[aria-selected='true'] {
  color: var(--sw-ink);
  font-weight: 600;
  border-color: var(--sw-oxide);
}

.slipway-Task {
  border-bottom: 1px solid var(--sw-line);
}

.slipway-Task h3 {
  font: inherit;
}

.slipway-Task h3 > button,
.slipway-Check > button,
.slipway-Check-row {
  display: flex;
  gap: 9px;
  width: 100%;
}

.slipway .slipway-Task h3 > button {
  padding: 11px 14px;
}

.slipway .slipway-Task h3 > button:hover,
.slipway .slipway-Check > button:hover {
  background: var(--sw-raised);
}

.slipway .slipway-Task h3 > button:focus-visible,
.slipway .slipway-Check > button:focus-visible {
  outline-offset: -2px;
}

.slipway-Task h3 .slipway-Icon {
  width: 1.6em;
  height: 1.6em;
  margin-top: 0.2em;
}

.slipway-Task-title {
  flex: 1;
  font-weight: 600;
}

.slipway-Task-title .slipway-Eyebrow {
  font-weight: 400;
}

.slipway-Word {
  font-weight: 600;
}

[data-look='passed'] > button .slipway-Word,
[data-look='passed'] > h3 .slipway-Word,
[data-look='passed'] > .slipway-Check-row .slipway-Word {
  color: var(--sw-good);
}

[data-look='not yet'] > button .slipway-Word,
[data-look='not yet'] > h3 .slipway-Word,
[data-look='broken'] > button .slipway-Word,
[data-look='broken'] > h3 .slipway-Word,
[data-look='broken'] > .slipway-Check-row .slipway-Word {
  color: var(--sw-oxide);
}

[data-look='waiting'] > button .slipway-Word,
[data-look='waiting'] > h3 .slipway-Word,
[data-look='waiting'] > .slipway-Check-row .slipway-Word {
  color: var(--sw-amber);
}

.slipway-Task > div {
  padding: 0 14px 12px;
}

.slipway-Task > div > .slipway-Actions {
  padding-inline-start: 31px;
}

.slipway-Check {
  border-radius: 6px;
}

.slipway .slipway-Check > button,
.slipway-Check-row {
  padding: 6px 0;
}

.slipway-Check[data-look='broken'] {
  margin: 2px -8px 6px;
  padding: 2px 8px 6px;
  background: var(--sw-oxide-ground);
}

.slipway .slipway-Check[data-look='broken'] > button:hover {
  background: none;
}

.slipway-Check[data-look='broken'] .slipway-Quiet,
.slipway-Check[data-look='broken'] .slipway-Check-state,
.slipway-Check[data-look='broken'] dt {
  color: var(--sw-ink);
}

.slipway-Check-title {
  flex: 1;
}

.slipway-Check-state {
  display: block;
  color: var(--sw-quiet);
  font-size: 0.92em;
}

.slipway .slipway-Broken,
.slipway .slipway-Note {
  margin-bottom: 6px;
  padding-inline-start: 27px;
}

.slipway .slipway-Note {
  color: var(--sw-quiet);
}

.slipway-Check-body {
  margin: 0 0 8px 8px;
  padding-inline-start: 18px;
  border-inline-start: 2px solid var(--sw-line);
}

.slipway-Check[data-look='broken'] .slipway-Check-body {
  border-color: var(--sw-oxide);
}

.slipway-Finding + .slipway-Finding {
  margin-top: 10px;
  padding-top: 10px;
  border-top: 1px solid var(--sw-line);
}

.slipway .slipway-Finding-message {
  margin-bottom: 6px;
}

.slipway-Finding dl {
  display: grid;
  grid-template-columns: max-content minmax(0, 1fr);
  gap: 2px 10px;
}

.slipway-Finding dt {
  color: var(--sw-quiet);
}

.slipway-Finding summary {
  cursor: pointer;
}

.slipway-Why {
  white-space: pre-line;
}

.slipway-Help {
  margin-top: 10px;
  display: grid;
  grid-template-columns: minmax(0, 1fr);
  gap: 8px;
}

.slipway .slipway-Hint,
.slipway-Solution {
  padding: 8px 10px;
  background: var(--sw-sea-ground);
  border-radius: 5px;
}

.slipway-Solution figcaption {
  margin-top: 6px;
  font-family: var(--jp-code-font-family);
  font-size: 0.92em;
}

.slipway-Picture {
  padding: 12px 14px;
}

.slipway-Picture > div {
  overflow: auto;
}

/* Large enough to read; a wide picture scrolls. */
.slipway .slipway-Picture img {
  width: 100%;
  min-width: 34em;
  max-width: none;
  height: auto;
}

.slipway-Picture .jp-RenderedMermaid,
.slipway-Picture .jp-RenderedSVG {
  overflow: visible;
}

.slipway-Next {
  padding: 14px;
}

.slipway-Next[data-done='true'] {
  margin: 14px;
  background: var(--sw-good-ground);
  border-radius: 6px;
}

.slipway-Next[data-done='true'] p {
  font-weight: 600;
}

.slipway-Next[data-done='true'] p + * {
  margin-top: 8px;
}

/* Two columns of facts need room. */
@container slipway-panel (max-width: 300px) {
  .slipway-Finding dl {
    grid-template-columns: minmax(0, 1fr);
    gap: 0;
  }

  .slipway-Finding dd {
    margin-bottom: 4px;
  }

  .slipway-Check-body {
    margin-inline-start: 0;
    padding-inline-start: 10px;
  }

  .slipway-Task > div > .slipway-Actions {
    padding-inline-start: 0;
  }
}
`,""]),e.d(i,{},{A:t})},314(a){a.exports=function(a){var i=[];return i.toString=function(){return this.map(function(i){var e="",o=void 0!==i[5];return i[4]&&(e+="@supports (".concat(i[4],") {")),i[2]&&(e+="@media ".concat(i[2]," {")),o&&(e+="@layer".concat(i[5].length>0?" ".concat(i[5]):""," {")),e+=a(i),o&&(e+="}"),i[2]&&(e+="}"),i[4]&&(e+="}"),e}).join("")},i.i=function(a,e,o,s,r){"string"==typeof a&&(a=[[null,a,void 0]]);var t={};if(o)for(var n=0;n<this.length;n++){var p=this[n][0];null!=p&&(t[p]=!0)}for(var l=0;l<a.length;l++){var w=[].concat(a[l]);o&&t[w[0]]||(void 0!==r&&(void 0===w[5]||(w[1]="@layer".concat(w[5].length>0?" ".concat(w[5]):""," {").concat(w[1],"}")),w[5]=r),e&&(w[2]&&(w[1]="@media ".concat(w[2]," {").concat(w[1],"}")),w[2]=e),s&&(w[4]?(w[1]="@supports (".concat(w[4],") {").concat(w[1],"}"),w[4]=s):w[4]="".concat(s)),i.push(w))}},i}},601(a){a.exports=function(a){return a[1]}},72(a){var i=[];function e(a){for(var e=-1,o=0;o<i.length;o++)if(i[o].identifier===a){e=o;break}return e}function o(a,o){for(var s={},r=[],t=0;t<a.length;t++){var n=a[t],p=o.base?n[0]+o.base:n[0],l=s[p]||0,w="".concat(p," ").concat(l);s[p]=l+1;var d=e(w),y={css:n[1],media:n[2],sourceMap:n[3],supports:n[4],layer:n[5]};if(-1!==d)i[d].references++,i[d].updater(y);else{var u=function(a,i){var e=i.domAPI(i);return e.update(a),function(i){i?(i.css!==a.css||i.media!==a.media||i.sourceMap!==a.sourceMap||i.supports!==a.supports||i.layer!==a.layer)&&e.update(a=i):e.remove()}}(y,o);o.byIndex=t,i.splice(t,0,{identifier:w,updater:u,references:1})}r.push(w)}return r}a.exports=function(a,s){var r=o(a=a||[],s=s||{});return function(a){a=a||[];for(var t=0;t<r.length;t++){var n=e(r[t]);i[n].references--}for(var p=o(a,s),l=0;l<r.length;l++){var w=e(r[l]);0===i[w].references&&(i[w].updater(),i.splice(w,1))}r=p}}},659(a){var i={};a.exports=function(a,e){var o=function(a){if(void 0===i[a]){var e=document.querySelector(a);if(window.HTMLIFrameElement&&e instanceof window.HTMLIFrameElement)try{e=e.contentDocument.head}catch(a){e=null}i[a]=e}return i[a]}(a);if(!o)throw Error("Couldn't find a style target. This probably means that the value for the 'insert' parameter is invalid.");o.appendChild(e)}},540(a){a.exports=function(a){var i=document.createElement("style");return a.setAttributes(i,a.attributes),a.insert(i,a.options),i}},56(a,i,e){a.exports=function(a){var i=e.nc;i&&a.setAttribute("nonce",i)}},825(a){a.exports=function(a){if("u"<typeof document)return{update:function(){},remove:function(){}};var i=a.insertStyleElement(a);return{update:function(e){var o,s,r;o="",e.supports&&(o+="@supports (".concat(e.supports,") {")),e.media&&(o+="@media ".concat(e.media," {")),(s=void 0!==e.layer)&&(o+="@layer".concat(e.layer.length>0?" ".concat(e.layer):""," {")),o+=e.css,s&&(o+="}"),e.media&&(o+="}"),e.supports&&(o+="}"),(r=e.sourceMap)&&"u">typeof btoa&&(o+="\n/*# sourceMappingURL=data:application/json;base64,".concat(btoa(unescape(encodeURIComponent(JSON.stringify(r))))," */")),a.styleTagTransform(o,i,a.options)},remove:function(){var a;null===(a=i).parentNode||a.parentNode.removeChild(a)}}}},113(a){a.exports=function(a,i){if(i.styleSheet)i.styleSheet.cssText=a;else{for(;i.firstChild;)i.removeChild(i.firstChild);i.appendChild(document.createTextNode(a))}}},959(a,i,e){var o=e(72),s=e.n(o),r=e(825),t=e.n(r),n=e(659),p=e.n(n),l=e(56),w=e.n(l),d=e(540),y=e.n(d),u=e(113),c=e.n(u),g=e(646),m={};m.styleTagTransform=c(),m.setAttributes=w(),m.insert=p().bind(null,"head"),m.domAPI=t(),m.insertStyleElement=y(),s()(g.A,m),g.A&&g.A.locals&&g.A.locals}}]);
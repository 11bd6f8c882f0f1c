"use strict";(self.rspackChunkslipway_panel=self.rspackChunkslipway_panel||[]).push([[700],{475(a,o,i){var e=i(601),t=i.n(e),r=i(314),s=(i.n(r))()(t());s.push([a.id,`/* Colours and controls of Slipway in JupyterLab: its theme's grounds and texts, the course's own colours for states. */

.slipway-Root {
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

body[data-jp-theme-light='false'] .slipway-Root {
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

.slipway-Root *,
.slipway-Root *::before {
  box-sizing: border-box;
}

.slipway-Root [hidden] {
  display: none;
}

.slipway-Root h1,
.slipway-Root h2,
.slipway-Root h3,
.slipway-Root p,
.slipway-Root ol,
.slipway-Root ul,
.slipway-Root dl,
.slipway-Root dd,
.slipway-Root figure {
  margin: 0;
  padding: 0;
  list-style: none;
}

.slipway-Root h1,
.slipway-Root h2 {
  font-family: var(--sw-serif);
  font-weight: 700;
  line-height: 1.2;
  text-wrap: balance;
}

.slipway-Root button {
  font: inherit;
  color: inherit;
  background: none;
  border: 0;
  padding: 0;
  text-align: start;
  cursor: pointer;
}

.slipway-Root :focus-visible {
  outline: 2px solid var(--sw-oxide);
  outline-offset: 2px;
}

.slipway-Root code,
.slipway-Root pre {
  font-family: var(--jp-code-font-family);
  font-size: 0.92em;
  color: inherit;
  background: none;
  padding: 0;
}

.slipway-Root pre {
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

.slipway-Root .slipway-Actions button:not(.slipway-link),
.slipway-Root .slipway-Empty button,
.slipway-Root button.slipway-primary {
  min-height: 28px;
  padding: 3px 11px;
  border: 1px solid var(--sw-line-strong);
  border-radius: 5px;
  background: var(--sw-ground);
  text-align: center;
}

.slipway-Root .slipway-Actions button:not(.slipway-link):hover,
.slipway-Root .slipway-Empty button:hover {
  background: var(--sw-raised);
}

.slipway-Root .slipway-Actions button.slipway-primary:not(.slipway-link),
.slipway-Root button.slipway-primary {
  border-color: var(--sw-sea);
  background: var(--sw-sea);
  color: var(--sw-on-fill);
  font-weight: 600;
}

.slipway-Root .slipway-Actions button.slipway-primary:hover,
.slipway-Root button.slipway-primary:hover {
  filter: brightness(1.1);
}

.slipway-Root button[aria-disabled='true'] {
  cursor: progress;
}

.slipway-Root button.slipway-link {
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

.slipway-Root [data-look='passed'] > .slipway-Word,
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

.slipway-Root [aria-expanded='true'] > .slipway-Chevron {
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
`,""]),i.d(o,{},{A:s})},891(a,o,i){var e=i(601),t=i.n(e),r=i(314),s=(i.n(r))()(t());s.push([a.id,`/* The page with the course. */

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

.slipway-Root .slipway-NextLab p {
  color: var(--sw-ink);
}

.slipway-Root .slipway-NextLab-title {
  font-family: var(--sw-serif);
  font-size: 1.5em;
  font-weight: 700;
}

.slipway-Root .slipway-NextLab button {
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

.slipway-Root.slipway-Course li > button {
  padding: 6px 8px;
}

.slipway-Root.slipway-Course li > button:hover {
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
`,""]),i.d(o,{},{A:s})},646(a,o,i){var e=i(601),t=i.n(e),r=i(314),s=i.n(r),n=i(475),p=i(724),l=i(891),d=i(11),w=s()(t());w.i(n.A),w.i(p.A),w.i(l.A),w.i(d.A),w.push([a.id,`
`,""]),i.d(o,{},{A:w})},11(a,o,i){var e=i(601),t=i.n(e),r=i(314),s=(i.n(r))()(t());s.push([a.id,`/* Notebooks: wide output, the terms of the glossary, and the card with the progress. */

/* A wide table of a command scrolls: wrapped, its columns would be lost. */
.jp-OutputArea-output.jp-RenderedText {
  overflow-x: auto;
}

.jp-OutputArea-output.jp-RenderedText pre {
  white-space: pre;
  overflow-wrap: normal;
  word-break: normal;
  width: max-content;
  min-width: 100%;
}

/* Shell cells echo their commands as errors (set -x): that is none, and must not look like one. */
.jp-OutputArea-child .jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr'] {
  background: var(--jp-layout-color1);
}

.jp-RenderedMarkdown table {
  display: block;
  max-width: 100%;
  overflow-x: auto;
}

.jp-RenderedMarkdown .slipway-Term {
  cursor: help;
  text-decoration: underline dotted;
  text-decoration-thickness: 1px;
  text-underline-offset: 0.2em;
}

.jp-RenderedMarkdown .slipway-Term:focus-visible {
  outline: 2px solid var(--jp-brand-color1);
  outline-offset: 2px;
}

.slipway-Root.slipway-Tip {
  position: fixed;
  z-index: 10000;
  max-width: min(30em, calc(100vw - 16px));
  padding: 0.7em 0.9em;
  border: 1px solid var(--sw-line-strong);
  border-radius: 6px;
  background: var(--sw-ground);
  color: var(--sw-ink);
  box-shadow: 0 4px 14px rgb(0 0 0 / 25%);
  font-size: var(--jp-content-font-size1);
}

.slipway-Root.slipway-Card {
  padding: 0.9em 1em;
  border: 1px solid var(--sw-line);
  border-radius: 6px;
}

.slipway-Root.slipway-Card .slipway-Bar {
  margin: 0.6em 0;
}

.slipway-NextLabs {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 15em), 1fr));
  gap: 0 16px;
}

.slipway-NextLab[data-main='false'] {
  background: var(--sw-raised);
}
`,""]),i.d(o,{},{A:s})},724(a,o,i){var e=i(601),t=i.n(e),r=i(314),s=(i.n(r))()(t());s.push([a.id,`/* The panel: readable from 240 pixels up. */

.slipway-Root#slipway-panel {
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

.slipway-Root .slipway-Message .slipway-Quiet,
.slipway-Root .slipway-Tour .slipway-Quiet {
  color: var(--sw-ink);
}

.slipway-Root .slipway-Message .slipway-link,
.slipway-Root .slipway-Tour .slipway-link {
  color: var(--sw-ink);
}

.slipway-Tour {
  margin-top: 12px;
}

.slipway-Empty {
  padding: 18px 14px;
}

.slipway-Root div.slipway-Empty p + p,
.slipway-Empty button {
  margin-top: 10px;
}

.slipway-Tabs {
  display: flex;
  gap: 18px;
  padding: 0 14px;
  border-bottom: 1px solid var(--sw-line);
}

.slipway-Root .slipway-Tabs button {
  min-height: 32px;
  color: var(--sw-quiet);
  border-bottom: 2px solid transparent;
}

.slipway-Root .slipway-Tabs button[aria-selected='true'] {
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

.slipway-Root .slipway-Task h3 > button {
  padding: 11px 14px;
}

.slipway-Root .slipway-Task h3 > button:hover,
.slipway-Root .slipway-Check > button:hover {
  background: var(--sw-raised);
}

.slipway-Root .slipway-Task h3 > button:focus-visible,
.slipway-Root .slipway-Check > button:focus-visible {
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

.slipway-Root .slipway-Check > button,
.slipway-Check-row {
  padding: 6px 0;
}

.slipway-Check[data-look='broken'] {
  margin: 2px -8px 6px;
  padding: 2px 8px 6px;
  background: var(--sw-oxide-ground);
}

.slipway-Root .slipway-Check[data-look='broken'] > button:hover {
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

.slipway-Root .slipway-Broken,
.slipway-Root .slipway-Note {
  margin-bottom: 6px;
  padding-inline-start: 27px;
}

.slipway-Root .slipway-Note {
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

.slipway-Root .slipway-Finding-message {
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

.slipway-Root .slipway-Hint,
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
.slipway-Root .slipway-Picture img {
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
`,""]),i.d(o,{},{A:s})},314(a){a.exports=function(a){var o=[];return o.toString=function(){return this.map(function(o){var i="",e=void 0!==o[5];return o[4]&&(i+="@supports (".concat(o[4],") {")),o[2]&&(i+="@media ".concat(o[2]," {")),e&&(i+="@layer".concat(o[5].length>0?" ".concat(o[5]):""," {")),i+=a(o),e&&(i+="}"),o[2]&&(i+="}"),o[4]&&(i+="}"),i}).join("")},o.i=function(a,i,e,t,r){"string"==typeof a&&(a=[[null,a,void 0]]);var s={};if(e)for(var n=0;n<this.length;n++){var p=this[n][0];null!=p&&(s[p]=!0)}for(var l=0;l<a.length;l++){var d=[].concat(a[l]);e&&s[d[0]]||(void 0!==r&&(void 0===d[5]||(d[1]="@layer".concat(d[5].length>0?" ".concat(d[5]):""," {").concat(d[1],"}")),d[5]=r),i&&(d[2]&&(d[1]="@media ".concat(d[2]," {").concat(d[1],"}")),d[2]=i),t&&(d[4]?(d[1]="@supports (".concat(d[4],") {").concat(d[1],"}"),d[4]=t):d[4]="".concat(t)),o.push(d))}},o}},601(a){a.exports=function(a){return a[1]}},72(a){var o=[];function i(a){for(var i=-1,e=0;e<o.length;e++)if(o[e].identifier===a){i=e;break}return i}function e(a,e){for(var t={},r=[],s=0;s<a.length;s++){var n=a[s],p=e.base?n[0]+e.base:n[0],l=t[p]||0,d="".concat(p," ").concat(l);t[p]=l+1;var w=i(d),y={css:n[1],media:n[2],sourceMap:n[3],supports:n[4],layer:n[5]};if(-1!==w)o[w].references++,o[w].updater(y);else{var u=function(a,o){var i=o.domAPI(o);return i.update(a),function(o){o?(o.css!==a.css||o.media!==a.media||o.sourceMap!==a.sourceMap||o.supports!==a.supports||o.layer!==a.layer)&&i.update(a=o):i.remove()}}(y,e);e.byIndex=s,o.splice(s,0,{identifier:d,updater:u,references:1})}r.push(d)}return r}a.exports=function(a,t){var r=e(a=a||[],t=t||{});return function(a){a=a||[];for(var s=0;s<r.length;s++){var n=i(r[s]);o[n].references--}for(var p=e(a,t),l=0;l<r.length;l++){var d=i(r[l]);0===o[d].references&&(o[d].updater(),o.splice(d,1))}r=p}}},659(a){var o={};a.exports=function(a,i){var e=function(a){if(void 0===o[a]){var i=document.querySelector(a);if(window.HTMLIFrameElement&&i instanceof window.HTMLIFrameElement)try{i=i.contentDocument.head}catch(a){i=null}o[a]=i}return o[a]}(a);if(!e)throw Error("Couldn't find a style target. This probably means that the value for the 'insert' parameter is invalid.");e.appendChild(i)}},540(a){a.exports=function(a){var o=document.createElement("style");return a.setAttributes(o,a.attributes),a.insert(o,a.options),o}},56(a,o,i){a.exports=function(a){var o=i.nc;o&&a.setAttribute("nonce",o)}},825(a){a.exports=function(a){if("u"<typeof document)return{update:function(){},remove:function(){}};var o=a.insertStyleElement(a);return{update:function(i){var e,t,r;e="",i.supports&&(e+="@supports (".concat(i.supports,") {")),i.media&&(e+="@media ".concat(i.media," {")),(t=void 0!==i.layer)&&(e+="@layer".concat(i.layer.length>0?" ".concat(i.layer):""," {")),e+=i.css,t&&(e+="}"),i.media&&(e+="}"),i.supports&&(e+="}"),(r=i.sourceMap)&&"u">typeof btoa&&(e+="\n/*# sourceMappingURL=data:application/json;base64,".concat(btoa(unescape(encodeURIComponent(JSON.stringify(r))))," */")),a.styleTagTransform(e,o,a.options)},remove:function(){var a;null===(a=o).parentNode||a.parentNode.removeChild(a)}}}},113(a){a.exports=function(a,o){if(o.styleSheet)o.styleSheet.cssText=a;else{for(;o.firstChild;)o.removeChild(o.firstChild);o.appendChild(document.createTextNode(a))}}},959(a,o,i){var e=i(72),t=i.n(e),r=i(825),s=i.n(r),n=i(659),p=i.n(n),l=i(56),d=i.n(l),w=i(540),y=i.n(w),u=i(113),c=i.n(u),g=i(646),m={};m.styleTagTransform=c(),m.setAttributes=d(),m.insert=p().bind(null,"head"),m.domAPI=s(),m.insertStyleElement=y(),t()(g.A,m),g.A&&g.A.locals&&g.A.locals}}]);
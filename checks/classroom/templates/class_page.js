"use strict";
(() => {
  const {labs, rows} = JSON.parse(document.getElementById("data").textContent);
  const ids = ["head", "rows", "count", "filter", "open", "more", "rest"];
  const [head, body, count, filter, open, more, rest] = ids.map(id => document.getElementById(id));
  // A little more than fits, so that there is something to scroll to.
  const CHUNK = Math.ceil(innerHeight * 0.7 / 28) + 4;
  const fold = text => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const keys = rows.map(([id, name, group]) => fold(`${id} ${name} ${group}`));
  let shown = [], done = 0;

  const make = (tag, text, attributes = {}) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };
  const WORDS = {"incomplete": "could not be checked completely", "not graded": "could not be graded"};

  // A cell is 0 (nothing submitted), a state, or [percent, flags]: 1 is late, 2 is changed by hand.
  const cell = (value, lab, address) => {
    if (value === 0) {
      const td = make("td", "–", {class: "missing"});
      td.title = `${lab[2]}: nothing submitted`;
      return td;
    }
    const [percent, flags] = Array.isArray(value) ? value : [null, 0];
    const tone = percent === null ? "open" : percent >= 100 ? "full" : percent > 0 ? "part" : "none";
    const td = make("td", undefined, {class: tone});
    const text = percent === null ? "?" : `${percent}${flags & 1 ? "+" : ""}${flags & 2 ? "*" : ""}`;
    // The name of the learner is the one stop of the Tab key in a row; the page that it leads to has every lab.
    const link = make("a", text, {href: `${address}#${encodeURIComponent(lab[0])}`, tabindex: "-1"});
    link.title = percent === null ? `${lab[2]}: ${WORDS[value]}`
      : `${lab[2]}: ${percent} %${flags & 1 ? ", late" : ""}${flags & 2 ? ", changed by hand" : ""}`;
    td.append(link);
    return td;
  };

  const line = ([id, name, group, total, cells, address]) => {
    const tr = document.createElement("tr");
    const th = make("th", undefined, {scope: "row"});
    const bdi = make("bdi");
    bdi.append(make("a", name, {href: address}));
    th.append(bdi, " ", make("span", group ? `${id} · ${group}` : id));
    th.title = `${name} (${id})`;
    tr.append(th, make("td", total === null ? "?" : total, {class: total === null ? "open" : ""}));
    tr.append(...cells.map((value, at) => cell(value, labs[at], address)));
    return tr;
  };

  const extend = (number = CHUNK) => {
    body.append(...shown.slice(done, done + number).map(at => line(rows[at])));
    done = Math.min(done + number, shown.length);
    rest.hidden = done >= shown.length;
  };
  const show = () => {
    const words = fold(filter.value).split(/\s+/).filter(Boolean);
    shown = [];
    for (let at = 0; at < rows.length; at++) {
      if ((!open.checked || rows[at][3] === null) && words.every(word => keys[at].includes(word))) shown.push(at);
    }
    count.textContent = `${shown.length} of ${rows.length} learners`;
    body.replaceChildren();
    done = 0;
    extend();
  };

  head.append(make("th", "Learner", {scope: "col"}), make("th", "Total", {scope: "col"}));
  for (const [id, number, title, points] of labs) {
    const th = make("th", undefined, {scope: "col", title: `${id}: ${title} (${points} points)`});
    th.append(make("abbr", number, {title: `${id}: ${title}`}));
    head.append(th);
  }
  filter.addEventListener("input", show);
  open.addEventListener("change", show);
  more.addEventListener("click", () => {
    const next = body.children.length;
    extend();
    body.children[next]?.querySelector("a").focus();
  });
  body.closest(".grid").addEventListener("scroll", event => {
    const grid = event.currentTarget;
    if (done < shown.length && grid.scrollTop + grid.clientHeight > grid.scrollHeight - 600) extend();
  }, {passive: true});
  addEventListener("beforeprint", () => extend(shown.length));
  show();
})();

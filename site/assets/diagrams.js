// Draws the diagrams of a page with the Mermaid that is part of this site; nothing is asked of another host.
(() => {
  const source = new URL("mermaid.min.js", document.currentScript.src).href;
  const flowchart = { nodeSpacing: 26, rankSpacing: 32, padding: 10 };
  let loading = null;
  let drawn = 0;

  const load = () => {
    loading ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = source;
      script.onload = () => resolve(window.mermaid);
      script.onerror = reject;
      document.head.append(script);
    });
    return loading;
  };

  // The diagrams take their colours from the page's own, so both palettes fit.
  const theme = () => {
    const style = getComputedStyle(document.body);
    const colour = (name) => style.getPropertyValue(`--sw-${name}`).trim();
    return {
      darkMode: document.body.dataset.mdColorScheme === "slate",
      fontFamily: style.fontFamily,
      fontSize: "15px",
      background: colour("paper"),
      mainBkg: colour("node"),
      primaryColor: colour("node"),
      primaryTextColor: colour("ink"),
      primaryBorderColor: colour("sea"),
      secondaryColor: colour("sand"),
      tertiaryColor: colour("raised"),
      clusterBkg: colour("raised"),
      clusterBorder: colour("line-strong"),
      lineColor: colour("quiet"),
      textColor: colour("ink"),
      titleColor: colour("ink"),
      edgeLabelBackground: colour("paper"),
      noteBkgColor: colour("sand"),
      noteTextColor: colour("ink"),
      noteBorderColor: colour("line-strong"),
      actorBkg: colour("node"),
      actorBorder: colour("sea"),
      actorTextColor: colour("ink"),
      actorLineColor: colour("line-strong"),
      signalColor: colour("quiet"),
      signalTextColor: colour("ink"),
      labelBoxBkgColor: colour("raised"),
      labelTextColor: colour("ink"),
      loopTextColor: colour("ink"),
    };
  };

  const draw = async (mermaid, figure) => {
    const { svg } = await mermaid.render(`diagram-${drawn++}`, figure.dataset.source);
    figure.innerHTML = svg;
    figure.tabIndex = 0; // a wide diagram scrolls in its own frame, by keyboard too
    const picture = figure.firstElementChild;
    figure.style.setProperty("--natural", `${picture.viewBox.baseVal.width}px`);
    picture.setAttribute("role", "img");
    if (!picture.hasAttribute("aria-labelledby")) {
      picture.setAttribute("aria-label", "Diagram; the text beside it says the same");
    }
  };

  const drawAll = async (scheme) => {
    const figures = [...document.querySelectorAll(".diagram")];
    if (!figures.length) return;
    const mermaid = await load();
    mermaid.initialize({ startOnLoad: false, securityLevel: "strict", theme: "base", themeVariables: theme(), flowchart });
    for (const figure of figures) {
      figure.dataset.source ??= figure.textContent;
      await draw(mermaid, figure);
      figure.classList.add("diagram--drawn");
    }
    document.documentElement.dataset.diagrams = scheme; // the palette that they are drawn in
  };

  // One drawing at a time, and a new one only when the palette has really changed.
  let work = Promise.resolve();
  let drawnFor = "";
  const update = () => {
    const scheme = document.body.dataset.mdColorScheme;
    if (scheme === drawnFor) return;
    drawnFor = scheme;
    work = work.then(() => drawAll(scheme));
  };
  document.addEventListener("DOMContentLoaded", () => {
    update();
    new MutationObserver(update).observe(document.body, { attributeFilter: ["data-md-color-scheme"] });
  });
})();

/** The glossary in notebooks: a term in bold shows its definition under the pointer, and when it has the focus. */

import { markdownRendererFactory, RenderedMarkdown } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime';

const TERM = 'slipway-Term';
const TIP = 'slipway-Tip';
/** Pixels between a tip and the edge of the window. */
const MARGIN = 8;

export class Glossary {
  /** Take over the definitions, by term in lower case, and mark the terms of what is shown already. */
  define(definitions: Record<string, string>): void {
    this._definitions = new Map(Object.entries(definitions));
    this._nodes.forEach(node => node.isConnected && this.mark(node));
    this._nodes = [];
    if (this._definitions.size) {
      new Tip();
    }
  }

  /** Mark the terms in rendered text. */
  mark(node: HTMLElement): void {
    if (!this._definitions) {
      this._nodes.push(node);
      return;
    }
    for (const bold of node.querySelectorAll<HTMLElement>('strong')) {
      const definition = this.definitionOf(bold.textContent ?? '');
      if (definition && !bold.closest(`a, h1, h2, h3, h4, .${TERM}`)) {
        bold.classList.add(TERM);
        bold.tabIndex = 0;
        bold.dataset.definition = definition;
      }
    }
  }

  private definitionOf(text: string): string {
    const term = text.trim().toLowerCase();
    return this._definitions?.get(term) ?? this._definitions?.get(term.replace(/s$/, '')) ?? '';
  }

  private _definitions: Map<string, string> | null = null;
  private _nodes: HTMLElement[] = [];
}

/** Return the renderer of Markdown: JupyterLab's, with the terms of the glossary marked. */
export function markdownWithTerms(glossary: Glossary): IRenderMime.IRendererFactory {
  return { ...markdownRendererFactory, createRenderer: options => new MarkdownWithTerms(options, glossary) };
}

class MarkdownWithTerms extends RenderedMarkdown {
  constructor(
    options: IRenderMime.IRendererOptions,
    private readonly glossary: Glossary
  ) {
    super(options);
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    await super.renderModel(model);
    this.glossary.mark(this.node);
  }
}

/** The one tip of the page. It stays while the pointer is on it, and Escape closes it. */
class Tip {
  constructor() {
    this.node.className = `slipway-Root ${TIP}`;
    this.node.id = TIP;
    this.node.setAttribute('role', 'tooltip');
    this.node.hidden = true;
    document.body.append(this.node);
    for (const name of ['pointerover', 'focusin']) {
      document.addEventListener(name, event => this.follow(event.target));
    }
    document.addEventListener('keydown', event => event.key === 'Escape' && this.hide(), true);
    document.addEventListener('scroll', () => this.hide(), true);
  }

  private follow(target: EventTarget | null): void {
    const term = target instanceof Element ? target.closest<HTMLElement>(`.${TERM}`) : null;
    if (term && term !== this._term) {
      this.show(term);
    } else if (!term && !(target instanceof Node && this.node.contains(target)) && document.activeElement !== this._term) {
      this.hide();
    }
  }

  private show(term: HTMLElement): void {
    this.hide();
    this._term = term;
    term.setAttribute('aria-describedby', TIP);
    this.node.textContent = term.dataset.definition ?? '';
    this.node.hidden = false;
    const [box, tip] = [term.getBoundingClientRect(), this.node.getBoundingClientRect()];
    const isBelow = box.bottom + tip.height + MARGIN <= window.innerHeight;
    const left = Math.max(MARGIN, Math.min(box.left, window.innerWidth - tip.width - MARGIN));
    this.node.style.left = `${left}px`;
    this.node.style.top = `${isBelow ? box.bottom : box.top - tip.height}px`;
  }

  private hide(): void {
    this._term?.removeAttribute('aria-describedby');
    this._term = null;
    this.node.hidden = true;
  }

  private node = document.createElement('div');
  private _term: HTMLElement | null = null;
}

/** The progress in a lab as the output of a cell: drawn from the present state, whenever the notebook is opened. */

import type { IRenderMime } from '@jupyterlab/rendermime';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Api } from './api';
import { messageOf } from './controller';
import type { Feed } from './feed';
import { checksOf, type ICourseLab } from './model';
import type { Words } from './words';

const PROGRESS = 'application/vnd.slipway.progress+json';

/** Return the renderer of a lab's progress. It is preferred to the HTML beside it, which shows the moment when the cell ran. */
export function progressFactory(api: Api, feed: Feed, words: Words): IRenderMime.IRendererFactory {
  return { safe: true, mimeTypes: [PROGRESS], defaultRank: 10, createRenderer: () => new Card(api, feed, words) };
}

class Card extends ReactWidget implements IRenderMime.IRenderer {
  constructor(
    private readonly api: Api,
    private readonly feed: Feed,
    private readonly words: Words
  ) {
    super();
    this.addClass('slipway-Root');
    this.addClass('slipway-Card');
    feed.changed.connect(this.follow, this);
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const { lab } = model.data[PROGRESS] as { lab?: unknown };
    this._id = String(lab ?? '');
    await this.load();
  }

  protected render(): JSX.Element {
    const { _lab: lab, feed, words } = this;
    if (!lab) {
      return <p>{this._problem}</p>;
    }
    const view = feed.view?.lab.id === lab.id ? feed.view : null;
    const next = view && checksOf(view).find(check => check.outcome !== 'passed');
    return (
      <section aria-label={words.progressIn(lab)}>
        <p>
          <b>{words.tab(lab)}</b> <span className="slipway-Quiet">{words.passedOf(lab.passed, lab.total)}</span>
        </p>
        <div className="slipway-Bar" aria-hidden="true">
          <i data-look="passed" style={{ flexGrow: lab.passed }} />
          <i style={{ flexGrow: lab.total - lab.passed }} />
        </div>
        {next && <p>{words.nextCheck(next.title)}</p>}
        {lab.passed === lab.total && <p>{words.allPassed}</p>}
      </section>
    );
  }

  /** Look again when a check of this lab has changed. */
  private follow(): void {
    const { view } = this.feed;
    if (view?.lab.id === this._id) {
      const passed = checksOf(view).filter(check => check.outcome === 'passed').length;
      if (passed !== this._seen) {
        this._seen = passed;
        void this.load();
      }
      this.update();
    }
  }

  private async load(): Promise<void> {
    try {
      const { labs } = await this.api.course();
      this._lab = labs.find(lab => lab.id === this._id) ?? null;
      this._problem = this._lab ? '' : this.words.courseUnknown;
    } catch (error) {
      this._lab = null;
      this._problem = messageOf(error);
    }
    this.update();
  }

  private _id = '';
  private _seen = -1;
  private _problem = '';
  private _lab: ICourseLab | null = null;
}

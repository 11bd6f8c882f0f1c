/** The panel in JupyterLab's sidebar. */

import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Controller } from './controller';
import { Header, Messages } from './header';
import { mark } from './icons';
import type { ILabView } from './model';
import { Picture } from './picture';
import { Tasks } from './tasks';
import { Tour } from './tour';

export const PANEL_ID = 'slipway-panel';

/** Whether the tour is to be shown, kept between visits. */
export interface ITourState {
  readonly seen: boolean;
  finish: () => void;
}

export class LabPanel extends ReactWidget {
  constructor(
    private readonly controller: Controller,
    private readonly rendermime: IRenderMimeRegistry,
    private readonly tour: ITourState,
    private readonly makeRoom: () => void
  ) {
    super();
    this.id = PANEL_ID;
    this.addClass('slipway-Root');
    this.title.icon = mark;
    this.title.caption = controller.words.panelCaption;
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', controller.words.panelCaption);
    document.addEventListener('visibilitychange', this.updateVisibility);
  }

  dispose(): void {
    document.removeEventListener('visibilitychange', this.updateVisibility);
    super.dispose();
  }

  /** Put the focus on the first control of the panel. */
  focus(): void {
    this.node.querySelector<HTMLElement>('button, [tabindex="0"]')?.focus();
  }

  protected onAfterShow(): void {
    this.makeRoom();
    this.updateVisibility();
  }

  protected onAfterHide(): void {
    this.updateVisibility();
  }

  protected render(): JSX.Element {
    return (
      <UseSignal signal={this.controller.changed}>
        {() => (
          <>
            {!this.tour.seen && <Tour words={this.controller.words} onEnd={() => this.endTour()} />}
            <Content controller={this.controller} rendermime={this.rendermime} />
          </>
        )}
      </UseSignal>
    );
  }

  private endTour(): void {
    this.tour.finish();
    this.update();
    requestAnimationFrame(() => this.focus());
  }

  private updateVisibility = (): void => {
    this.controller.feed.setVisible(this.isVisible && !document.hidden);
  };
}

interface IContentProps {
  controller: Controller;
  rendermime: IRenderMimeRegistry;
}

function Content({ controller, rendermime }: IContentProps): JSX.Element {
  const { feed, situation, words } = controller;
  if (situation === 'no notebook') {
    return <Empty text={words.noNotebook} controller={controller} />;
  }
  if (situation === 'not a lab') {
    return <Empty text={words.notALab} more={words.notALabFix} controller={controller} />;
  }
  const { view } = feed;
  return (
    <>
      {view && <Header controller={controller} view={view} />}
      <Messages controller={controller} view={view} />
      {!view && feed.connection.state !== 'lost' && <p className="slipway-Empty">{words.loading}</p>}
      {view && <Views key={view.lab.id} controller={controller} rendermime={rendermime} view={view} />}
      {view && <Next controller={controller} view={view} />}
    </>
  );
}

function Empty({ text, more, controller }: { text: string; more?: string; controller: Controller }): JSX.Element {
  return (
    <div className="slipway-Empty">
      <p>{text}</p>
      {more && <p className="slipway-Quiet">{more}</p>}
      <button type="button" onClick={controller.showCourse}>
        {controller.words.courseTitle}
      </button>
    </div>
  );
}

type View = 'tasks' | 'picture';

/** The two tabs, with the keys of a tab list: the arrows move between them. */
function Views({ controller, rendermime, view }: IContentProps & { view: ILabView }): JSX.Element {
  const { words } = controller;
  const [chosen, choose] = React.useState<View>('tasks');
  const list = React.useRef<HTMLDivElement>(null);
  const names: [View, string][] = [
    ['tasks', words.tasks],
    ['picture', words.picture]
  ];
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
      const other = chosen === 'tasks' ? 'picture' : 'tasks';
      choose(other);
      list.current?.querySelector<HTMLElement>(`#slipway-tab-${other}`)?.focus();
      event.preventDefault();
    }
  };
  return (
    <>
      <div className="slipway-Tabs" role="tablist" aria-label={words.views} ref={list} onKeyDown={onKeyDown}>
        {names.map(([name, label]) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`slipway-tab-${name}`}
            aria-selected={chosen === name}
            aria-controls="slipway-view"
            tabIndex={chosen === name ? 0 : -1}
            onClick={() => choose(name)}
          >
            {label}
          </button>
        ))}
      </div>
      <div id="slipway-view" className="slipway-View" role="tabpanel" aria-labelledby={`slipway-tab-${chosen}`}>
        <div hidden={chosen !== 'tasks'}>
          <Tasks controller={controller} view={view} />
        </div>
        {chosen === 'picture' && <Picture controller={controller} rendermime={rendermime} view={view} />}
      </div>
    </>
  );
}

function Next({ controller, view }: { controller: Controller; view: ILabView }): JSX.Element | null {
  const { words } = controller;
  const { next } = view.lab;
  const isDone = view.tasks.every(task => task.outcome === 'passed');
  if (!next && !isDone) {
    return null;
  }
  return (
    <div className="slipway-Next" data-done={isDone}>
      {isDone && <p>{words.allPassed}</p>}
      {next ? (
        <button type="button" className={isDone ? 'slipway-primary' : 'slipway-link'} onClick={() => void controller.open(next.notebook)}>
          {words.next(next.title)}
        </button>
      ) : (
        <p>{words.courseDone}</p>
      )}
    </div>
  );
}

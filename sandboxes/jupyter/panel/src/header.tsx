/** The top of the panel: which lab this is, how far the learner is, what the connection does, and the buttons. */

import * as React from 'react';

import type { Controller } from './controller';
import { checksOf, type ILabView } from './model';
import type { Words } from './words';

export function Header({ controller, view }: { controller: Controller; view: ILabView }): JSX.Element {
  const { words } = controller;
  const checks = checksOf(view);
  const passed = checks.filter(check => check.outcome === 'passed').length;
  return (
    <div className="slipway-Header">
      <p className="slipway-Eyebrow">
        {words.place(view)}
        <button type="button" className="slipway-link" title={words.courseTitle} onClick={controller.showCourse}>
          {words.course}
        </button>
      </p>
      <h2>{view.lab.title}</h2>
      <div className="slipway-Bar" aria-hidden="true">
        {checks.map(check => (
          <i key={check.id} data-look={check.broken ? 'broken' : check.outcome} />
        ))}
      </div>
      <p className="slipway-Points">
        <b>{words.passedOf(passed, checks.length)}</b>
        {view.checked_at && <span className="slipway-Quiet">{words.checkedAt(view.checked_at)}</span>}
      </p>
      <Buttons controller={controller} view={view} />
    </div>
  );
}

function Buttons({ controller, view }: { controller: Controller; view: ILabView }): JSX.Element {
  const { busy, words } = controller;
  const isChecking = busy === 'check' || view.state === 'checking';
  return (
    <div className="slipway-Actions">
      {view.state === 'not started' ? (
        <button type="button" className="slipway-primary" aria-disabled={Boolean(busy)} onClick={() => void controller.start()}>
          {words.start}
        </button>
      ) : (
        <button type="button" className="slipway-primary" aria-disabled={isChecking} onClick={() => void controller.check()}>
          {isChecking ? words.checking : words.check}
        </button>
      )}
      <button type="button" title={words.terminalTitle} aria-disabled={Boolean(busy)} onClick={() => void controller.terminal()}>
        {words.terminal}
      </button>
      <button type="button" title={words.resetTitle} aria-disabled={Boolean(busy)} onClick={() => void controller.reset()}>
        {words.reset}
      </button>
    </div>
  );
}

/** What the learner has to know at once: a lost connection, an engine that does not answer, the result of a button. */
export function Messages({ controller, view }: { controller: Controller; view: ILabView | null }): JSX.Element {
  const { feed, notice, words } = controller;
  const { connection } = feed;
  return (
    <div className="slipway-Messages" role="status">
      {connection.state === 'lost' && (
        <div className="slipway-Message" data-kind="lost">
          <p>{[words.lost, connection.message].filter(Boolean).join(' ')}</p>
          <div className="slipway-Actions">
            <button type="button" onClick={() => feed.restart()}>
              {words.retry}
            </button>
            <Countdown key={connection.retryAt} until={connection.retryAt} words={words} />
          </div>
        </div>
      )}
      {view?.state === 'unreachable' && (
        <div className="slipway-Message" data-kind="lost">
          <p>{[words.unreachable, view.reason].filter(Boolean).join(' ')}</p>
        </div>
      )}
      {view?.state === 'not started' && (
        <div className="slipway-Message">
          <p>{view.reason || words.notStarted}</p>
        </div>
      )}
      {controller.isLongCell && (
        <div className="slipway-Message" data-kind="cell">
          <p>{words.longCell}</p>
          <div className="slipway-Actions">
            <button type="button" onClick={() => void controller.stopCell()}>
              {words.stopCell}
            </button>
          </div>
        </div>
      )}
      {notice && (
        <div className="slipway-Message" data-kind={notice.isError ? 'error' : 'done'}>
          <p>{notice.text}</p>
          <button type="button" className="slipway-link" onClick={() => controller.dismiss()}>
            {words.close}
          </button>
        </div>
      )}
    </div>
  );
}

/** The seconds until the next try. Not announced: a number that changes each second would drown everything else. */
function Countdown({ until, words }: { until: number; words: Words }): JSX.Element {
  const left = () => Math.max(0, Math.ceil((until - Date.now()) / 1000));
  const [seconds, setSeconds] = React.useState(left);
  React.useEffect(() => {
    const timer = window.setInterval(() => setSeconds(left()), 1000);
    return () => window.clearInterval(timer);
  }, [until]);
  return (
    <span className="slipway-Quiet" aria-hidden="true">
      {words.retryIn(seconds)}
    </span>
  );
}

/** The drawings: one for each outcome, so that no state is shown by colour alone, and the mark of the course. */

import { LabIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Outcome } from './model';

const MARK = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" width="16"><g transform="rotate(12 24 24)">
<g class="jp-icon3" fill="#616161"><path d="M12 11h7.5v8H12zM21 11h7.5v8H21zM30 11h7.5v8H30z"/>
<path d="M5 21h38l-5.5 11.5a3 3 0 0 1-2.7 1.7H13.5a3 3 0 0 1-2.6-1.5z"/><path d="M1 37h46v3H1z"/></g></g></svg>`;

export const mark = new LabIcon({ name: 'slipway:mark', svgstr: MARK });

/** The mark in the colours of the course. */
export function ColouredMark(): JSX.Element {
  return (
    <svg className="slipway-Mark" viewBox="0 0 48 48" aria-hidden="true">
      <g transform="rotate(12 24 24)">
        <rect x="12" y="11" width="7.5" height="8" rx="1" fill="#2a8797" />
        <rect x="21" y="11" width="7.5" height="8" rx="1" fill="#e2a33b" />
        <rect x="30" y="11" width="7.5" height="8" rx="1" fill="#2a8797" />
        <path d="M5 21h38l-5.5 11.5a3 3 0 0 1-2.7 1.7H13.5a3 3 0 0 1-2.6-1.5z" fill="#c0502f" />
        <path d="M1 38.5h46" stroke="#8094a0" strokeWidth="2.6" strokeLinecap="round" />
      </g>
    </svg>
  );
}

/** How a state looks: one of the outcomes, or a check that had passed before. */
export type Look = Outcome | 'broken';

const DRAWINGS: Record<Look, JSX.Element> = {
  passed: (
    <>
      <circle className="fill" cx="10" cy="10" r="9" />
      <path className="on-fill" d="M5.8 10.4l2.9 2.9 5.6-6.2" />
    </>
  ),
  'not yet': <circle className="line" cx="10" cy="10" r="8" />,
  broken: (
    <>
      <path className="fill" d="M10 1.2l9.2 16.6H.8z" />
      <path className="on-fill" d="M10 7.4v4.8M10 14.7v.6" />
    </>
  ),
  waiting: (
    <>
      <circle className="line" cx="10" cy="10" r="8" />
      <path className="line" d="M10 5.4V10l3 2.2" />
    </>
  ),
  blocked: (
    <>
      <rect className="line" x="4" y="9" width="12" height="8.5" rx="1.5" />
      <path className="line" d="M6.8 9V6.2a3.2 3.2 0 0 1 6.4 0V9" />
    </>
  ),
  'could not check': (
    <>
      <circle className="line dashed" cx="10" cy="10" r="8" />
      <path className="line" d="M7.7 8a2.3 2.3 0 1 1 3.3 2.1c-.7.35-1 .8-1 1.7M10 14.3v.5" />
    </>
  )
};

export function OutcomeIcon({ look }: { look: Look }): JSX.Element {
  return (
    <svg className="slipway-Icon" data-look={look} viewBox="0 0 20 20" aria-hidden="true">
      {DRAWINGS[look]}
    </svg>
  );
}

export function Chevron(): JSX.Element {
  return (
    <svg className="slipway-Chevron" viewBox="0 0 20 20" aria-hidden="true">
      <path d="M7 4.5l5.5 5.5L7 15.5" />
    </svg>
  );
}

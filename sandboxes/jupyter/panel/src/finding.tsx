/** A finding: what was expected, what was found, where, and why. */

import * as React from 'react';

import type { IFinding } from './model';
import type { Words } from './words';

/** Characters of a value that are shown at once. */
const SHORT = 240;

export function Finding({ finding, words }: { finding: IFinding; words: Words }): JSX.Element {
  const { message, subject, path, expected, observed, why } = finding;
  return (
    <div className="slipway-Finding">
      {message && <p className="slipway-Finding-message">{inline(message)}</p>}
      <dl>
        <Fact name={words.expected} value={expected} words={words} />
        <Fact name={words.found} value={observed} words={words} />
        {subject && (
          <>
            <dt>{words.where}</dt>
            <dd>
              <code>{subject}</code>
              {path && (
                <>
                  {' · '}
                  <code>{path}</code>
                </>
              )}
            </dd>
          </>
        )}
        {why && (
          <>
            <dt>{words.why}</dt>
            <dd className="slipway-Why">{inline(why)}</dd>
          </>
        )}
      </dl>
    </div>
  );
}

function Fact({ name, value, words }: { name: string; value: unknown; words: Words }): JSX.Element | null {
  if (value === undefined) {
    return null;
  }
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <Value value={value} words={words} />
      </dd>
    </>
  );
}

function Value({ value, words }: { value: unknown; words: Words }): JSX.Element {
  if (isNothing(value)) {
    return <i>{words.nothing}</i>;
  }
  if (typeof value === 'string' && value.length <= SHORT && !value.includes('\n')) {
    return <>{inline(value)}</>;
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 1);
  if (text.length <= SHORT) {
    return <code>{typeof value === 'string' ? text : JSON.stringify(value)}</code>;
  }
  return (
    <details>
      <summary>
        <code>{text.slice(0, 80)}…</code> {words.whole}
      </summary>
      <pre tabIndex={0}>{text}</pre>
    </details>
  );
}

function isNothing(value: unknown): boolean {
  return value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
}

/** Return a text in which what is between backticks is code. */
export function inline(text: string): React.ReactNode {
  return text.split(/`([^`]+)`/).map((part, index) => (index % 2 ? <code key={index}>{part}</code> : part));
}

/** The live picture of a lab, drawn again when it would look different. JupyterLab renders it, in its theme. */

import { type IRenderMimeRegistry, MimeModel } from '@jupyterlab/rendermime';
import { Widget } from '@lumino/widgets';
import * as React from 'react';

import type { Controller } from './controller';
import { messageOf } from './controller';
import type { ILabView } from './model';

/** The types that are drawn; both end up as an image, in which no script runs. */
const DRAWN = ['text/vnd.mermaid', 'image/svg+xml'];

interface IPictureProps {
  controller: Controller;
  rendermime: IRenderMimeRegistry;
  view: ILabView;
}

export function Picture({ controller, rendermime, view }: IPictureProps): JSX.Element {
  const { api, words } = controller;
  const frame = React.useRef<HTMLDivElement>(null);
  const [message, setMessage] = React.useState(words.pictureLoading);
  const { id } = view.lab;
  React.useEffect(() => {
    let isCurrent = true;
    const draw = async () => {
      const { mimeType, text } = await api.picture(id);
      if (!DRAWN.includes(mimeType)) {
        throw new Error(words.noPicture);
      }
      const renderer = rendermime.createRenderer(mimeType);
      await renderer.renderModel(new MimeModel({ data: { [mimeType]: text }, trusted: true }));
      if (isCurrent && frame.current) {
        frame.current.replaceChildren();
        Widget.attach(renderer, frame.current);
        setMessage('');
      }
    };
    draw().catch(error => isCurrent && setMessage(messageOf(error)));
    return () => {
      isCurrent = false;
    };
  }, [id, view.picture]);
  return (
    <div className="slipway-Picture">
      {message && <p className="slipway-Quiet">{message}</p>}
      <div ref={frame} role="group" aria-label={words.pictureOf(view.lab.title)} tabIndex={0} />
    </div>
  );
}

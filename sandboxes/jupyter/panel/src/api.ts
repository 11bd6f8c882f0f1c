/** The requests to the `slipway/` API of the Jupyter server, with Jupyter's own authentication. */

import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import type { ICourse, IHint, IResetResult, ISolution } from './model';

/** A refusal of the server, with what to do about it. `status` is that of HTTP. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly fix = ''
  ) {
    super(message);
  }
}

/** A picture as the server sends it: Mermaid or SVG. */
export interface IPicture {
  mimeType: string;
  text: string;
}

export class Api {
  constructor(private readonly settings: ServerConnection.ISettings) {}

  /** Return the list of labs. Throws a Refusal with status 404 where the server has no such API. */
  async course(): Promise<ICourse> {
    return (await this.request('course')).json();
  }

  /** Return the definitions of the glossary, by term in lower case. */
  async glossary(): Promise<Record<string, string>> {
    return (await this.request('glossary')).json();
  }

  /** Open the stream of a lab. It ends when `signal` aborts. */
  async stream(lab: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const headers = { Accept: 'text/event-stream' };
    const response = await this.request(`stream?lab=${encodeURIComponent(lab)}`, { signal, headers });
    if (!response.body) {
      throw new Refusal(response.status, response.statusText);
    }
    return response.body;
  }

  async picture(lab: string): Promise<IPicture> {
    const response = await this.request(`labs/${lab}/picture`);
    const mimeType = (response.headers.get('Content-Type') ?? '').split(';')[0].trim();
    return { mimeType, text: await response.text() };
  }

  async check(lab: string): Promise<void> {
    await this.post(`labs/${lab}/check`);
  }

  async start(lab: string): Promise<void> {
    await this.post(`labs/${lab}/start`);
  }

  async reset(lab: string): Promise<IResetResult> {
    return (await this.post(`labs/${lab}/reset`)).json();
  }

  async hint(lab: string, check: string): Promise<IHint> {
    return (await this.post(`labs/${lab}/hint`, { check })).json();
  }

  async solution(lab: string, task: string): Promise<ISolution> {
    return (await this.post(`labs/${lab}/solution`, { task })).json();
  }

  private post(path: string, body: object = {}): Promise<Response> {
    return this.request(path, { method: 'POST', body: JSON.stringify(body) });
  }

  private async request(path: string, init: RequestInit = {}): Promise<Response> {
    const url = URLExt.join(this.settings.baseUrl, 'slipway') + '/' + path;
    const response = await ServerConnection.makeRequest(url, init, this.settings);
    if (!response.ok) {
      throw await refusal(response);
    }
    return response;
  }
}

async function refusal(response: Response): Promise<Refusal> {
  try {
    const { message, fix } = await response.json();
    return new Refusal(response.status, String(message), String(fix ?? ''));
  } catch {
    return new Refusal(response.status, `${response.status} ${response.statusText}`);
  }
}

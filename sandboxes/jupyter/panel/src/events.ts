/** Server-sent events, read from the body of a response. Source of the format: the HTML standard, section 9.2. */

export interface IServerEvent {
  name: string;
  data: string;
}

/** The bytes of one event at most: a lab's view is a few kilobytes. */
const LONGEST_EVENT = 4 * 1024 * 1024;

/**
 * Yield the events of a stream until it ends. Comments, which keep the connection open, are yielded as events without a
 * name, so that the caller sees that the server is alive. Throws an Error for an event that is too long.
 */
export async function* eventsOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<IServerEvent> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return;
    }
    text = (text + decoder.decode(value, { stream: true })).replace(/\r\n?/g, '\n');
    if (text.length > LONGEST_EVENT) {
      throw new Error('The event is too long.');
    }
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    yield* blocks.map(parsed);
  }
}

function parsed(block: string): IServerEvent {
  const event = { name: '', data: [] as string[] };
  for (const line of block.split('\n')) {
    const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (field === 'event') {
      event.name = value;
    } else if (field === 'data') {
      event.data.push(value);
    }
  }
  return { name: event.name, data: event.data.join('\n') };
}

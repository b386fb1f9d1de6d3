/** One event of a server-sent event stream. */
export interface StreamEvent {
  event: string;
  data: string;
  /** Id of the last event that carried one. */
  id: string | undefined;
}

/** An event beyond this ends the stream: nothing that the engine sends comes near it. */
const maxEventCharacters = 4 * 1024 * 1024;

/**
 * Cuts a stream of text into events (HTML standard, "Server-sent events"): lines end in CR, LF or CRLF, `data` lines are joined by LF, a blank line
 * ends an event, a line that begins with a colon is a comment. Pure: feed it chunks as they come.
 */
export class EventStreamParser {
  #rest = '';
  #data: string[] = [];
  #event = '';
  #id: string | undefined;
  #size = 0;
  #endedInCr = false;

  /** Events that are complete with this chunk. @throws RangeError for an event that is too large */
  push(chunk: string): StreamEvent[] {
    const events: StreamEvent[] = [];
    let text = this.#rest + (this.#endedInCr && chunk.startsWith('\n') ? chunk.slice(1) : chunk);
    if (chunk !== '') this.#endedInCr = false;
    for (let end = /\r\n|\r|\n/.exec(text); end !== null; end = /\r\n|\r|\n/.exec(text)) {
      const event = this.#line(text.slice(0, end.index));
      if (event !== undefined) events.push(event);
      this.#endedInCr = end[0] === '\r' && end.index === text.length - 1;
      text = text.slice(end.index + end[0].length);
    }
    this.#rest = text;
    if (this.#size + text.length > maxEventCharacters) throw new RangeError(`an event is larger than ${maxEventCharacters} characters`);
    return events;
  }

  #line(line: string): StreamEvent | undefined {
    if (line === '') return this.#dispatch();
    if (line.startsWith(':')) return undefined;
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') {
      this.#data.push(value);
      this.#size += value.length;
    } else if (field === 'event') this.#event = value;
    else if (field === 'id' && !value.includes('\0')) this.#id = value;
    return undefined;
  }

  #dispatch(): StreamEvent | undefined {
    const event =
      this.#data.length === 0
        ? undefined
        : { event: this.#event === '' ? 'message' : this.#event, data: this.#data.join('\n'), id: this.#id };
    this.#data = [];
    this.#event = '';
    this.#size = 0;
    return event;
  }
}

// The room's events as they come. The server says what each stream is: "begin" with resumed
// or not, the events, "live" when all that has been is there, then each new event.

const retryAfter = 2000; // ms

export class Stream {
  #url;
  #handlers;
  #last = "";

  // handlers: begin(resumed), event(event), passing(event), live(), lost()
  constructor(url, handlers) {
    this.#url = url;
    this.#handlers = handlers;
    this.#open();
  }

  #open() {
    const source = new EventSource(`${this.#url}?after=${encodeURIComponent(this.#last)}`);
    source.addEventListener("begin", (e) => this.#handlers.begin(JSON.parse(e.data).resumed));
    source.addEventListener("live", () => this.#handlers.live());
    source.addEventListener("message", (e) => {
      this.#last = e.lastEventId;
      this.#handlers.event(JSON.parse(e.data));
    });
    source.addEventListener("passing", (e) => this.#handlers.passing(JSON.parse(e.data)));
    source.addEventListener("error", () => {
      this.#handlers.lost();
      // Most breaks the browser repairs itself. It gives up on an answer that is no stream,
      // such as "too many pages", and Firefox also on a server that is away.
      if (source.readyState === EventSource.CLOSED) setTimeout(() => this.#open(), retryAfter);
    });
  }
}

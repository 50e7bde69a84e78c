// What the page asks of the server, besides the stream.

async function ask(path, init) {
  const response = await fetch(path, init);
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error ?? `The server answered ${response.status}.`);
  return answer;
}

const post = (path, body) => ask(path, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});

export const page = () => ask("/api/page");
export const sample = (service, sample) => ask(`/api/samples?${new URLSearchParams({ service, sample })}`);
export const sendSample = (service, sample) => post("/api/samples", { service, sample });
export const sendRequest = (service, request) => post("/api/requests", { service, request });
export const preview = (service, request, filter) => post("/api/previews", { service, request, filter });
export const tellStep = (story, began, step) => post("/api/stories", { story, began, step });
export const say = (room, text) => post("/api/messages", { room, text });
export const react = (room, event, key) => post("/api/reactions", { room, event, key });
export const takeBack = (room, event) => post("/api/redactions", { room, event });
export const setAuto = (on) => post("/api/auto", { on });

// problem says what went wrong, for a person.
export const problem = (err) => (err instanceof TypeError ? "The demo does not answer." : err.message);

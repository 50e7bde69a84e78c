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
export const sendSample = (service, sample) => post("/api/samples", { service, sample });
export const setAuto = (on) => post("/api/auto", { on });

/** What asks for a proof: the server said that this act wants to know that it is still you. */
const ASKS = /error="insufficient_user_authentication"/;

interface Question {
  answer: Promise<boolean>;
  settle: (proved: boolean) => void;
}

let question: Question | null = null;
const listeners = new Set<() => void>();

function become(next: Question | null): void {
  question = next;
  for (const listener of listeners) listener();
}

/** Whether the dialog is wanted; acts that are refused at once share one. */
export const proof = {
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  isWanted: (): boolean => question !== null,
  settle: (proved: boolean): void => {
    const asked = question;
    become(null);
    asked?.settle(proved);
  },
};

function ask(): Promise<boolean> {
  if (!question) {
    let settle: Question["settle"] = () => undefined;
    const answer = new Promise<boolean>((resolve) => {
      settle = resolve;
    });
    become({ answer, settle });
  }
  return question?.answer ?? Promise.resolve(false);
}

/** Whether an answer says that the person must prove again that it is them (RFC 9470). */
export function asksForProof(answer: Response): boolean {
  return answer.status === 401 && ASKS.test(answer.headers.get("www-authenticate") ?? "");
}

/** Fetches; a browser's own words for a network that is away mean nothing to people. */
async function reached(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new TypeError("The archive cannot be reached.", { cause: error });
  }
}

/** Fetches; where the server asks for a proof, the person gives it and the request goes again. */
export async function provingFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init);
  const again = request.clone();
  const answer = await reached(request);
  if (!asksForProof(answer)) return answer;
  if (await ask()) return reached(again);
  const detail = "You did not show that it is you, so nothing was done.";
  return new Response(JSON.stringify({ status: 403, title: "Not proved", detail }), {
    status: 403,
    headers: { "Content-Type": "application/problem+json" },
  });
}

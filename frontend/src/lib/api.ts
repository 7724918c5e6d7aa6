// Talking to the server: plain calls, and live computing with one request in flight where the newest wins.
import type { ErrorAnswer, LiveAnswer, LiveRequest } from "./contract";

export class ApiError extends Error {
  constructor(readonly status: number, readonly what: string, readonly hint: string) {
    super(hint ? `${what} (${hint})` : what);
  }
}

async function answered<T>(response: Response): Promise<T> {
  if (response.ok) return (await response.json()) as T;
  const body = (await response.json().catch(() => null)) as ErrorAnswer | null;
  throw new ApiError(response.status, body?.error?.what ?? `the server answered ${response.status}`, body?.error?.hint ?? "");
}

export async function get<T>(path: string): Promise<T> {
  return answered<T>(await fetch(path, { headers: { accept: "application/json" } }));
}

export async function post<T>(path: string, body: unknown): Promise<T> {
  return answered<T>(
    await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  );
}

const REFINE_AFTER = 300;
export const PREVIEW = 64;
export const REFINED = 256;

export class Live {
  private readonly client = Math.random().toString(36).slice(2) + Date.now().toString(36);
  private waiting: LiveRequest | null = null;
  private busy = false;
  private timer = 0;
  private sequence = 0;

  constructor(
    private readonly show: (answer: LiveAnswer) => void,
    private readonly fail: (error: Error) => void,
  ) {}

  /** Ask for the newest state; returns the number by which its answer is known. */
  ask(request: LiveRequest): number {
    clearTimeout(this.timer);
    this.sequence += 1;
    this.waiting = { ...request, draws: PREVIEW, client: this.client, sequence: this.sequence };
    void this.send();
    return this.sequence;
  }

  private async send(): Promise<void> {
    if (this.busy || !this.waiting) return;
    const request = this.waiting;
    this.waiting = null;
    this.busy = true;
    try {
      const answer = await post<LiveAnswer>("api/live", request);
      this.show(answer);
      if (request.draws === PREVIEW && !this.waiting) {
        this.timer = window.setTimeout(() => {
          this.waiting = { ...request, draws: REFINED };
          void this.send();
        }, REFINE_AFTER);
      }
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 409)) this.fail(error as Error);
    } finally {
      this.busy = false;
    }
    if (this.waiting) void this.send();
  }
}

// Long work on the server: started here or found again by the id in the address, watched, cancelled.
import { ApiError, get, post } from "./api";
import type { JobAnswer, JobRequest } from "./contract";
import { store } from "./store.svelte";

const PREFIX = "job:";
const OPEN = ["waiting", "running"];

export class JobWatch<Result> {
  job: JobAnswer | null = $state.raw(null);
  result: Result | null = $state.raw(null);
  problem = $state("");
  private stopped = false;

  constructor() {
    const item = store.shown.item;
    if (item.startsWith(PREFIX)) void this.watch(item.slice(PREFIX.length));
  }

  get open(): boolean {
    return this.job !== null && OPEN.includes(this.job.state);
  }

  async start(request: JobRequest): Promise<void> {
    this.problem = "";
    try {
      this.job = await post<JobAnswer>("api/jobs", request);
      const id = this.job.id;
      store.remember(PREFIX + id);
      await this.watch(id);
    } catch (error) {
      this.problem = (error as Error).message;
    }
  }

  async cancel(): Promise<void> {
    if (this.job) await fetch(`api/jobs/${this.job.id}`, { method: "DELETE" });
  }

  leave(): void {
    this.stopped = true;
  }

  private async watch(id: string): Promise<void> {
    let pause = 150;
    while (!this.stopped) {
      try {
        const found = await get<JobAnswer>(`api/jobs/${id}`);
        this.job = found;
        this.problem = found.problem;
        if (found.state === "done") this.result = await get<Result>(`api/jobs/${id}/result`);
        if (!OPEN.includes(found.state)) return;
      } catch (error) {
        this.problem = (error as Error).message;
        if (error instanceof ApiError && error.status === 400) return;
      }
      await new Promise((done) => setTimeout(done, pause));
      pause = Math.min(1000, pause * 1.2);
    }
  }
}

/** Runs at most `concurrent` tasks at once and lets at most `waiting` more wait, in order of arrival. */
export class CallQueue {
  readonly #concurrent: number;
  readonly #waiting: number;
  #running = 0;
  #queue: Array<() => Promise<void>> = [];

  constructor(concurrent: number, waiting: number) {
    this.#concurrent = concurrent;
    this.#waiting = waiting;
  }

  /** Answers `false`, and does not run the task, when the queue is full. The task must not reject. */
  offer(task: () => Promise<void>): boolean {
    if (this.#running < this.#concurrent) {
      this.#run(task);
      return true;
    }
    if (this.#queue.length >= this.#waiting) return false;
    this.#queue.push(task);
    return true;
  }

  clear(): void {
    this.#queue = [];
  }

  #run(task: () => Promise<void>): void {
    this.#running++;
    void task().finally(() => {
      this.#running--;
      const next = this.#queue.shift();
      if (next) this.#run(next);
    });
  }
}

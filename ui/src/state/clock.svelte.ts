// The current time as reactive state: `seconds` and `minutes` tick only while a component reads them.

import { createSubscriber } from "svelte/reactivity";

class Clock {
  readonly #subscribe: () => void;

  constructor(milliseconds: number) {
    this.#subscribe = createSubscriber((update) => {
      const timer = setInterval(update, milliseconds);
      return () => clearInterval(timer);
    });
  }

  /** Milliseconds since 1970. */
  get now(): number {
    this.#subscribe();
    return Date.now();
  }
}

export const seconds = new Clock(1000);
export const minutes = new Clock(30_000);

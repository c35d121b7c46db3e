// Reproducible pseudo-random numbers: `noise`.

/** Returns a number from 0 to below 1 for a seed and a purpose. */
export function noise(seed: number, purpose: number): number {
  let hash = Math.imul(seed ^ (purpose * 0x9e3779b1), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

export function pick<Item>(items: readonly [Item, ...Item[]], chance: number): Item {
  return items[Math.floor(chance * items.length)] ?? items[0];
}

// With what the last pairing was begun from this window: `attempt`, so that it can be tried again the same way.

import type { PairingRequest } from "../../host/types";

export type Attempt = Required<Pick<PairingRequest, "base_url" | "device_name">>;

const AS_CONFIGURED: Attempt = { base_url: null, device_name: null };

let last: Attempt = $state.raw(AS_CONFIGURED);

export function attempt(): Attempt {
  return last;
}

export function remember(next: Attempt): void {
  last = next;
}

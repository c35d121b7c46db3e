// The input of the last pairing that this window started: `attempt`, for retrying with the same values.

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

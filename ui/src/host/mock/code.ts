// The pairing code of the mock: `codeAt`. The QR code really contains the address.

import type { PairingCode, Qr } from "../types";

const ADDRESS = "https://dfm.example.com/device";
const USER_CODE = "WDJB-MJHT";

/** The lifetime of a code, in milliseconds. */
export const LIFE = 15 * 60_000;

export function codeAt(now: number): PairingCode {
  return {
    user_code: USER_CODE,
    verification_uri: ADDRESS,
    verification_uri_complete: `${ADDRESS}?user_code=${USER_CODE}`,
    qr: QR,
    expires_at: new Date(now + LIFE).toISOString(),
    expires_in: LIFE / 1000,
    interval: 5,
  };
}

const QR: Qr = {
  side: 33,
  path: [
    "M0 0h7v1h-7zM8 0h3v1h-3zM13 0h1v1h-1zM16 0h8v1h-8zM26 0h7v1h-7zM0 1h1v1h-1zM6 1h1v1h-1zM8 1h2v1h-2z",
    "M11 1h1v1h-1zM13 1h1v1h-1zM16 1h1v1h-1zM18 1h1v1h-1zM21 1h1v1h-1zM23 1h2v1h-2zM26 1h1v1h-1zM32 1h1v1h-1z",
    "M0 2h1v1h-1zM2 2h3v1h-3zM6 2h1v1h-1zM10 2h1v1h-1zM15 2h3v1h-3zM22 2h1v1h-1zM24 2h1v1h-1zM26 2h1v1h-1z",
    "M28 2h3v1h-3zM32 2h1v1h-1zM0 3h1v1h-1zM2 3h3v1h-3zM6 3h1v1h-1zM8 3h2v1h-2zM11 3h1v1h-1zM14 3h3v1h-3z",
    "M20 3h1v1h-1zM24 3h1v1h-1zM26 3h1v1h-1zM28 3h3v1h-3zM32 3h1v1h-1zM0 4h1v1h-1zM2 4h3v1h-3zM6 4h1v1h-1z",
    "M12 4h1v1h-1zM14 4h1v1h-1zM20 4h2v1h-2zM23 4h2v1h-2zM26 4h1v1h-1zM28 4h3v1h-3zM32 4h1v1h-1zM0 5h1v1h-1z",
    "M6 5h1v1h-1zM9 5h3v1h-3zM13 5h2v1h-2zM17 5h4v1h-4zM22 5h1v1h-1zM26 5h1v1h-1zM32 5h1v1h-1zM0 6h7v1h-7z",
    "M8 6h1v1h-1zM10 6h1v1h-1zM12 6h1v1h-1zM14 6h1v1h-1zM16 6h1v1h-1zM18 6h1v1h-1zM20 6h1v1h-1zM22 6h1v1h-1z",
    "M24 6h1v1h-1zM26 6h7v1h-7zM8 7h4v1h-4zM17 7h2v1h-2zM20 7h1v1h-1zM0 8h1v1h-1zM2 8h2v1h-2zM5 8h3v1h-3z",
    "M9 8h1v1h-1zM16 8h4v1h-4zM21 8h1v1h-1zM23 8h1v1h-1zM26 8h1v1h-1zM29 8h1v1h-1zM31 8h2v1h-2zM2 9h2v1h-2z",
    "M7 9h2v1h-2zM14 9h1v1h-1zM16 9h1v1h-1zM18 9h3v1h-3zM23 9h1v1h-1zM26 9h2v1h-2zM29 9h2v1h-2zM32 9h1v1h-1z",
    "M1 10h1v1h-1zM3 10h5v1h-5zM9 10h1v1h-1zM14 10h1v1h-1zM16 10h2v1h-2zM20 10h1v1h-1zM22 10h2v1h-2z",
    "M25 10h5v1h-5zM31 10h2v1h-2zM2 11h4v1h-4zM7 11h3v1h-3zM11 11h1v1h-1zM13 11h2v1h-2zM16 11h1v1h-1z",
    "M18 11h1v1h-1zM20 11h1v1h-1zM23 11h3v1h-3zM27 11h1v1h-1zM29 11h1v1h-1zM32 11h1v1h-1zM1 12h6v1h-6z",
    "M10 12h1v1h-1zM12 12h1v1h-1zM18 12h2v1h-2zM21 12h5v1h-5zM27 12h3v1h-3zM1 13h1v1h-1zM5 13h1v1h-1z",
    "M7 13h2v1h-2zM11 13h3v1h-3zM16 13h1v1h-1zM18 13h1v1h-1zM23 13h2v1h-2zM27 13h1v1h-1zM31 13h1v1h-1z",
    "M1 14h3v1h-3zM6 14h1v1h-1zM11 14h2v1h-2zM14 14h3v1h-3zM18 14h1v1h-1zM22 14h1v1h-1zM26 14h2v1h-2z",
    "M29 14h1v1h-1zM1 15h1v1h-1zM3 15h2v1h-2zM7 15h3v1h-3zM11 15h2v1h-2zM14 15h1v1h-1zM16 15h1v1h-1z",
    "M19 15h4v1h-4zM25 15h2v1h-2zM28 15h3v1h-3zM2 16h1v1h-1zM5 16h4v1h-4zM10 16h2v1h-2zM13 16h3v1h-3z",
    "M19 16h5v1h-5zM25 16h2v1h-2zM28 16h1v1h-1zM30 16h1v1h-1zM0 17h3v1h-3zM5 17h1v1h-1zM8 17h1v1h-1z",
    "M10 17h3v1h-3zM14 17h2v1h-2zM17 17h1v1h-1zM21 17h3v1h-3zM25 17h2v1h-2zM28 17h2v1h-2zM32 17h1v1h-1z",
    "M1 18h1v1h-1zM3 18h1v1h-1zM6 18h1v1h-1zM8 18h4v1h-4zM13 18h1v1h-1zM15 18h1v1h-1zM17 18h1v1h-1z",
    "M20 18h3v1h-3zM25 18h1v1h-1zM27 18h2v1h-2zM30 18h2v1h-2zM2 19h1v1h-1zM4 19h2v1h-2zM8 19h2v1h-2z",
    "M11 19h6v1h-6zM22 19h5v1h-5zM28 19h1v1h-1zM31 19h2v1h-2zM1 20h1v1h-1zM5 20h2v1h-2zM12 20h2v1h-2z",
    "M18 20h2v1h-2zM23 20h1v1h-1zM25 20h1v1h-1zM29 20h2v1h-2zM0 21h2v1h-2zM4 21h2v1h-2zM10 21h1v1h-1z",
    "M15 21h1v1h-1zM17 21h2v1h-2zM25 21h2v1h-2zM30 21h1v1h-1zM32 21h1v1h-1zM2 22h1v1h-1zM5 22h2v1h-2z",
    "M8 22h1v1h-1zM10 22h1v1h-1zM12 22h2v1h-2zM16 22h1v1h-1zM18 22h1v1h-1zM20 22h1v1h-1zM22 22h11v1h-11z",
    "M1 23h2v1h-2zM9 23h1v1h-1zM11 23h3v1h-3zM16 23h1v1h-1zM18 23h3v1h-3zM23 23h3v1h-3zM28 23h2v1h-2z",
    "M31 23h2v1h-2zM0 24h1v1h-1zM2 24h3v1h-3zM6 24h3v1h-3zM10 24h1v1h-1zM13 24h1v1h-1zM15 24h3v1h-3z",
    "M22 24h1v1h-1zM24 24h7v1h-7zM8 25h3v1h-3zM13 25h5v1h-5zM19 25h1v1h-1zM21 25h4v1h-4zM28 25h2v1h-2z",
    "M31 25h1v1h-1zM0 26h7v1h-7zM8 26h1v1h-1zM12 26h1v1h-1zM14 26h1v1h-1zM19 26h1v1h-1zM21 26h4v1h-4z",
    "M26 26h1v1h-1zM28 26h1v1h-1zM0 27h1v1h-1zM6 27h1v1h-1zM8 27h1v1h-1zM10 27h3v1h-3zM14 27h3v1h-3z",
    "M20 27h2v1h-2zM23 27h2v1h-2zM28 27h5v1h-5zM0 28h1v1h-1zM2 28h3v1h-3zM6 28h1v1h-1zM11 28h2v1h-2z",
    "M17 28h1v1h-1zM19 28h1v1h-1zM22 28h7v1h-7zM30 28h2v1h-2zM0 29h1v1h-1zM2 29h3v1h-3zM6 29h1v1h-1z",
    "M8 29h1v1h-1zM10 29h4v1h-4zM18 29h3v1h-3zM22 29h1v1h-1zM24 29h1v1h-1zM27 29h1v1h-1zM29 29h2v1h-2z",
    "M32 29h1v1h-1zM0 30h1v1h-1zM2 30h3v1h-3zM6 30h1v1h-1zM8 30h1v1h-1zM10 30h1v1h-1zM12 30h3v1h-3z",
    "M21 30h1v1h-1zM23 30h2v1h-2zM26 30h2v1h-2zM29 30h1v1h-1zM0 31h1v1h-1zM6 31h1v1h-1zM9 31h1v1h-1z",
    "M15 31h3v1h-3zM20 31h1v1h-1zM25 31h1v1h-1zM27 31h2v1h-2zM32 31h1v1h-1zM0 32h7v1h-7zM8 32h1v1h-1z",
    "M11 32h1v1h-1zM14 32h5v1h-5zM21 32h1v1h-1zM23 32h1v1h-1zM28 32h1v1h-1zM30 32h1v1h-1z",
  ].join(""),
};

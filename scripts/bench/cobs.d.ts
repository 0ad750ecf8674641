/** The part of the package that the benchmark uses; it brings no types of its own. */
declare module 'cobs' {
  export function encode(bytes: Uint8Array): Buffer
  export function decode(bytes: Uint8Array): Buffer
}

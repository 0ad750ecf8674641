/**
 * Thrown when firmware asks for something that the emulated chip does not have: it would behave differently on a board,
 * so the run ends with the reason instead of going on wrongly.
 */
export class UnmodelledError extends Error {
  override readonly name = 'UnmodelledError'

  constructor(what: string) {
    super(`the emulated ATmega328P has no ${what}`)
  }
}

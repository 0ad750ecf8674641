/** The first words on a wire: how long they are waited for, and what is said of whoever answers instead of a rig. */

/** A board that opening its port has reset listens after its boot loader, which takes up to 2 s. */
export const OPENING_us = 5_000_000
/** Of what is no rig so many characters are kept, to say what it was. */
export const OVERHEARD_characters = 80

/** What was there in place of a rig: the last line that was no frame, and how many bytes meant nothing. */
export function insteadOfRig(overheard: string, discarded: number): string {
  if (overheard !== '') return `what answers is no rig, or not at this speed; it said ${JSON.stringify(overheard)}`
  if (discarded > 0) return `what answers is no rig, or not at this speed; it sent ${discarded} bytes that mean nothing`
  return 'nothing was heard; is it the right port, does the board have power and the firmware of a rig?'
}

/** The manifest: with what, and when, a result was made. */
import type { Manifest } from '#hil/run/result'
import { commit, version } from '#scripts/version'

/** `rig_firmware` is the build hash of the firmware of the rig, null where there is none. */
export function manifest(started: Date, rig_firmware: string | null): Manifest {
  return {
    tool: 'pumpbench',
    version,
    commit,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    started: started.toISOString(),
    rig_firmware,
  }
}

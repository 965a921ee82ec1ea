/** What surrounds the process, where it decides which addresses are of use. */
export interface Surroundings {
  readonly isContainer: boolean;
  /** The default gateway: in a container, where connections to published ports seem to come from. */
  readonly gateway: string | null;
}

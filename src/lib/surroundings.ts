/** What surrounds the process, where it decides which addresses are of use. */
export interface Surroundings {
  readonly isContainer: boolean;
  /** What other machines of its network call this one: where a listener on every interface is not advertised otherwise. */
  readonly hostName: string;
  /** The default gateway: in a container, where connections to published ports seem to come from. */
  readonly gateway: string | null;
}

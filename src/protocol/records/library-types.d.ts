/** Types that the packages or `@types/node` lack: only what is used here. */

declare module "crc-32/crc32c.js" {
  const library: { buf(bytes: Uint8Array): number };
  export default library;
}

declare module "binary-parser" {
  export { Parser } from "binary-parser/dist/binary_parser.js";
}

declare namespace WebAssembly {
  class Module {
    constructor(binary: Uint8Array);
  }
  class Instance {
    readonly exports: object;
    constructor(module: Module, imports: object);
  }
}

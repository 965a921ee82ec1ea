/** How much may wait to be sent on a socket before `send` says so. */
export const SEND_QUEUE_BYTES_MAX = 256 * 1024;

/** How long a closing socket may take to send what is queued. A peer that does not read cannot hold it longer. */
export const CLOSE_FLUSH_MS_MAX = 2_000;

import net from 'node:net';
import tls from 'node:tls';

/** What kafkajs asks a socket factory for. */
export interface SocketTarget {
  host: string;
  port: number;
  ssl?: tls.ConnectionOptions | undefined;
  onConnect: () => void;
}

/** kafkajs cuts where it begins at colons, so an address of IPv6 (`[::1]:9092`) is written without any for it. */
export function asKafkajs(broker: string): string {
  const [, host, port] = /^\[([0-9a-f:.]+)\]:(\d+)$/i.exec(broker) ?? [];
  return host === undefined ? broker : `${host.replaceAll(':', COLON)}:${port}`;
}

/** In no name of a host. */
const COLON = '%';

/** Makers of sockets of clients that are closed. */
const closed = new WeakSet<object>();

/** Whether the client of a socketFactory is closed: patches/closed-client.ts refuses it a connection. */
export function isClosed(socketFactory: object): boolean {
  return closed.has(socketFactory);
}

/**
 * The sockets of one client, which can be cut off without waiting for answers. kafkajs tries again what was under way when it was told to
 * disconnect, and connects anew for it: a socket that is opened after the end is cut at once, or it would hold the process for ever.
 */
export class Sockets {
  private readonly open = new Set<net.Socket>();
  private isClosed = false;

  /** kafkajs's socketFactory. */
  readonly make = ({ host: written, port, ssl, onConnect }: SocketTarget): net.Socket => {
    const host = written.replaceAll(COLON, ':');
    const socket = ssl
      ? tls.connect({ host, port, ...(net.isIP(host) ? {} : { servername: host }), ...ssl }, onConnect)
      : net.connect({ host, port }, onConnect);
    socket.setKeepAlive(true, 60_000);
    // requests are small and wait for their answers
    socket.setNoDelay(true);
    // kafkajs takes the end of a socket that it has left for the end of the one that it has now: a socket that is left says nothing more
    socket.end = () => socket.destroy();
    // of a socket that is gone node notes this down, each time
    socket.unref = () => socket;
    this.open.add(socket);
    socket.on('close', () => this.open.delete(socket));
    if (this.isClosed) socket.destroy(new Error('closed'));
    return socket;
  };

  /** Whoever waits for an answer gets an error. */
  close(): void {
    this.isClosed = true;
    closed.add(this.make);
    for (const socket of this.open) socket.destroy(new Error('closed'));
  }
}

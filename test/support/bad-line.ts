import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface BadLine {
  /** `127.0.0.1:port`, which leads to the server behind it. */
  readonly host: string;
  /** Connections that were cut. */
  readonly cuts: number;
  close(): Promise<void>;
}

export interface BadLineSettings {
  /** Port of the server behind it, on 127.0.0.1. */
  readonly port: number;
  /** Bytes, of both directions together, after which a connection is cut; the number of the connection decides. */
  readonly cutAfter: (connection: number) => number;
  /** Bytes a second for each direction. */
  readonly bytesPerSecond: number;
}

const TICK_MS = 10;

/** A line to a server that is slow and breaks: a TCP proxy that throttles and cuts connections. */
export async function startBadLine(settings: BadLineSettings): Promise<BadLine> {
  const open = new Set<Socket>();
  const state = { connections: 0, cuts: 0 };
  const server = createServer((client) => {
    const upstream = connect(settings.port, '127.0.0.1');
    let left = settings.cutAfter(state.connections++);
    const cut = (): void => {
      if (!client.destroyed) state.cuts += 1;
      client.resetAndDestroy();
      upstream.destroy();
    };
    const end = (): void => void (client.destroy(), upstream.destroy());
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(from);
      from.on('error', end).on('close', end);
      from.on('data', (chunk: Buffer) => {
        left -= chunk.length;
        if (left < 0) return cut();
        to.write(chunk);
        from.pause();
        setTimeout(() => from.resume(), Math.max(TICK_MS, (chunk.length / settings.bytesPerSecond) * 1000));
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get cuts() {
      return state.cuts;
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

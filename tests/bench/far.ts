// A link with a long way: what goes in comes out later, in both directions, in its order.
import { connect, createServer, type Socket } from "node:net";

/** @param roundTrip in milliseconds; what is sent on a connection arrives after half of it */
export async function startFarLink(port: number, roundTrip: number) {
  const sockets = new Set<Socket>();
  const carry = (from: Socket, to: Socket) => {
    sockets.add(from);
    from.setNoDelay(true);
    from.on("data", (chunk: Buffer) => setTimeout(() => to.writable && to.write(chunk), roundTrip / 2));
    from.on("end", () => setTimeout(() => to.end(), roundTrip / 2));
    from.on("error", () => to.destroy());
    from.on("close", () => sockets.delete(from));
  };
  const server = createServer((near) => {
    const far = connect({ port, host: "127.0.0.1" });
    carry(near, far);
    carry(far, near);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : 0,
    close: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

// Starts the page role. The module comes from the page itself (single file) or by its URL.
(async () => {
  const inside = document.getElementById('wasm');
  const { wasm } = document.getElementById('glue').dataset;
  const bytes = inside
    ? new Response(
        new Blob([Uint8Array.from(atob(inside.textContent), (c) => c.charCodeAt(0))])
          .stream()
          .pipeThrough(new DecompressionStream('gzip')),
        { headers: { 'content-type': 'application/wasm' } },
      )
    : fetch(wasm);
  performance.mark('weir:boot');
  const module = await WebAssembly.compileStreaming(bytes);
  performance.mark('weir:compiled');
  // From here on nothing may be fetched any more: neither by the page nor by its worker.
  const policy = document.createElement('meta');
  policy.httpEquiv = 'Content-Security-Policy';
  policy.content = "connect-src 'none'";
  document.head.append(policy);
  wasm_bindgen.initSync({ module });
  performance.mark('weir:mounted');
})().catch((error) => document.body.append(`Weir could not start: ${error.message}`));

const pauseMs = 300;

/**
 * A `fetch` that reads once more when no answer came: browsers break off all requests when their machine's network changes, as when
 * a notebook goes from cable to wireless. What changes something is never sent twice.
 */
export const askingAgain =
  (send: typeof fetch): typeof fetch =>
  async (input, init) => {
    try {
      return await send(input, init);
    } catch (error) {
      if ((init?.method ?? 'GET') !== 'GET' || !(error instanceof TypeError) || init?.signal?.aborted === true) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      return send(input, init);
    }
  };

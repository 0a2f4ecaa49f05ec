import { askAgain, type Kind, openRequest } from "../unanswered.js";

/** Says that a request may have been executed, and asks again. */
export function NoAnswer({ kind }: { kind: Kind }) {
  const request = openRequest(kind);
  if (request === null || request.unknown === null) return null;
  return (
    <div class="doubt" role="alert" data-test={`no-answer-${kind}`}>
      <p>
        <b>No answer to the {request.outcome.name} yet: it may have been executed.</b> Asking again is safe: the same signed {kind} is sent, which
        is executed at most once. Until there is an answer no other {kind} is signed here.
      </p>
      {request.words !== null && <p>{request.words}</p>}
      <button type="button" class="wide" disabled={request.isAsking} onClick={() => void askAgain(kind)} data-test="ask-again">
        {request.isAsking ? "Asking…" : "Ask again"}
      </button>
    </div>
  );
}

/* A pull request: shown whole, and sent only when what was shown is agreed to. */

import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { DraftAnswer, DraftQuestion, PullRequestAnswer, SendAnswer } from "../api";
import { Refusal, useAnswers } from "../answers";
import { number, visible } from "../../text";
import { Refused } from "../Refused";
import type { Drafting } from "./drafting";
import { Act, asRefusal, Way } from "./parts";

const STATES: Record<SendAnswer["state"], string> = {
  sent: "Sent",
  open: "One is open already",
  declined: "It was declined before, so it is not sent again",
  nothing: "The repository has all of it by now: nothing was sent",
};

interface Props {
  draft: DraftAnswer;
  question(): DraftQuestion;
  settled: Drafting["settled"];
}

export function PullRequest({ draft, question, settled }: Props): JSX.Element {
  const answers = useAnswers();
  const [withProof, setProof] = useState(false);
  const [shown, setShown] = useState<PullRequestAnswer | Refusal | "asking" | null>(null);
  const [sent, setSent] = useState<SendAnswer | Refusal | "asking" | null>(null);
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef(0);
  const close = (): void => {
    latest.current += 1;
    setShown(null);
  };
  // What was shown is no longer what would be sent.
  useLayoutEffect(close, [draft.sha256, withProof]);
  const show = async (): Promise<void> => {
    if ((await settled()) === null) return;
    await new Promise((done) => setTimeout(done)); // what was shown of an earlier draft is closed by then
    const mine = (latest.current += 1);
    setSent(null);
    setShown("asking");
    const found = await answers.showPullRequest({ draft: question(), with_proof: withProof }).catch(asRefusal);
    if (mine !== latest.current) return; // of an earlier draft
    setShown(found);
    place.current?.focus();
  };
  const send = async (request: PullRequestAnswer): Promise<void> => {
    setSent("asking");
    const { digest, is_owner: isOwner } = request;
    setSent(await answers.sendPullRequest(
      { draft: question(), digest, with_proof: withProof, others: !isOwner },
    ).catch(asRefusal));
    place.current?.focus();
  };
  const isDone = sent !== null && sent !== "asking" && !(sent instanceof Refusal);
  const isShown = shown !== null && shown !== "asking" && !(shown instanceof Refusal);
  return (
    <>
      <Way label="Show the pull request" isMain={!isShown} isOff={shown === "asking"} onClick={() => void show()}>
        Nothing is sent yet.{" "}
        <label class="inline">
          <input type="checkbox" checked={withProof} onChange={(event) => setProof(event.currentTarget.checked)} />
          README.proof.json goes along
        </label>
      </Way>
      <div ref={place} tabIndex={-1} class="request" aria-live="polite" aria-label="The pull request">
        {shown === "asking" && <p class="quiet">Asking the Hub …</p>}
        {shown instanceof Refusal && <Refused refusal={shown} />}
        {isShown && <Shown request={shown} mayBeSent={!isDone} isSending={sent === "asking"} onSend={() => void send(shown)} />}
        {sent === "asking" && <p class="quiet">Sending …</p>}
        {sent instanceof Refusal && <Refused refusal={sent} />}
        {isDone && <Outcome sent={sent} />}
      </div>
    </>
  );
}

interface ShownProps {
  request: PullRequestAnswer;
  mayBeSent: boolean;
  isSending: boolean;
  onSend(): void;
}

function Shown({ request, mayBeSent, isSending, onSend }: ShownProps): JSX.Element {
  const { repo, parent, title, text, files, account, is_owner: isOwner, problem } = request;
  const [agrees, setAgrees] = useState(false);
  return (
    <>
      <dl>
        <dt>To</dt>
        <dd>{visible(repo)}, as it was at commit {visible(parent.slice(0, 7))}</dd>
        <dt>From</dt>
        <dd>{account ? visible(account) : "nobody: there is no login"}</dd>
        <dt>Files</dt>
        <dd>{files.map(({ path, size }) => `${visible(path)} (${number(size)} bytes)`).join(", ")}</dd>
        <dt>Title</dt>
        <dd><b>{visible(title)}</b></dd>
      </dl>
      <pre tabIndex={0} aria-label="Its description">{visible(text.trimEnd())}</pre>
      {problem && <p role="alert" class="wrong">{visible(problem)}</p>}
      {!problem && mayBeSent && (
        <div class="consent">
          {!isOwner && (
            <label>
              <input type="checkbox" checked={agrees} onChange={(event) => setAgrees(event.currentTarget.checked)} />
              {visible(repo)} is not mine. I have read all of this and propose it to its owner.
            </label>
          )}
          <Act label={`Send it to ${visible(repo)} as ${visible(account)}`} isMain
            isOff={isSending || !(isOwner || agrees)} onClick={onSend} />
        </div>
      )}
    </>
  );
}

function Outcome({ sent }: { sent: SendAnswer }): JSX.Element {
  const { state, number: count, address, note } = sent;
  const isAddress = /^https?:\/\//.test(address);
  return (
    <p class="done">
      {STATES[state]}
      {count > 0 && ": "}
      {count > 0 && (isAddress
        ? <a href={address} target="_blank" rel="noopener noreferrer">pull request {count}</a>
        : `pull request ${count}`)}
      . {visible(note)}
    </p>
  );
}

import { App, Button } from "antd";
import { useEffect, useMemo, useState } from "react";
import { useSearchParams } from "react-router";
import { ApiError } from "@/api/client";
import { InItsWorkspace, WORKSPACE } from "@/app/InItsWorkspace";
import { useSession } from "@/app/session";
import { useBackgroundAnswer } from "@/background/mine";
import { drop, keep, markSeen } from "@/background/questions";
import { AnswerView } from "@/charts/AnswerView";
import { figure } from "@/charts/figures";
import { useTalk } from "@/charts/talk";
import { type Kind, viewOf } from "@/charts/views";
import { ErrorState } from "@/parts/ErrorState";
import { PageHead } from "@/parts/PageHead";
import { Told, useToldText } from "@/parts/Said";
import { Waiting } from "@/parts/Waiting";
import { type Asked, askedOf, blankQuestion, documentOf, searchOf } from "./address";
import { cancelJob, type Envelope, isOver, startJob, useEnvelope, useJob, useSeconds, useSettled, useTyping } from "./asking";
import { DatesBar } from "./DatesBar";
import { Explained } from "./Explained";
import { missing } from "./fields";
import { FaultsProvider, FieldForm } from "./FieldForm";
import { KindChoice } from "./KindChoice";
import { PageFrame } from "./frame/PageFrame";
import { allFields, fieldsOf } from "./kinds";
import { NamesProvider, useKnownNames } from "./names";
import { PeopleBehind, type Pointed } from "./PeopleBehind";
import { type Problem, problemOf } from "./problems";
import { SavedQuestions, SaveQuestion } from "./Saving";
import "./ask.css";

const SLOW_S = 1;

/** The question, in the address: what is edited here is written there, and what the address becomes is shown here. */
function useAsked() {
  const { workspace } = useSession();
  const [search, setSearch] = useSearchParams();
  const { isTyping, watching } = useTyping();
  const [asked, setAsked] = useState(() => askedOf(search));
  const [written, setWritten] = useState(search.toString());
  const settled = useSettled(asked, isTyping);
  useEffect(() => {
    const next = searchOf(settled, search.get(WORKSPACE) ?? workspace);
    setWritten(next);
    setSearch(next, { replace: true });
    // Only an edit writes; the address itself changing is the other direction, below.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [settled]);
  const present = search.toString();
  useEffect(() => {
    if (present && present !== written) setAsked(askedOf(new URLSearchParams(present)));
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [present]);
  return { asked, settled, setAsked, watching };
}

export function AskPage() {
  return (
    <InItsWorkspace>
      <Asking />
    </InItsWorkspace>
  );
}

function Asking() {
  const { say } = useTalk();
  const { may, workspace } = useSession();
  const { message } = App.useApp();
  const { asked, settled, setAsked, watching } = useAsked();
  const [drawer, setDrawer] = useState<"save" | "saved" | null>(null);
  const names = useKnownNames();
  const lacking = useMemo(() => missing(allFields(asked.kind), asked.question), [asked]);
  const wanted = useMemo(() => ({ kind: settled.kind, question: documentOf(settled) }), [settled]);
  const isWhole = useMemo(() => !missing(allFields(settled.kind), settled.question).length, [settled]);
  const background = useBackgroundAnswer(wanted);
  const asking = useEnvelope(isWhole && !background ? wanted : null);
  const problem = useProblem(asking.query.error, asked.kind);
  const copy = async () => {
    await navigator.clipboard?.writeText(`${location.href.split("#")[0]}#/ask?${searchOf(asked, workspace)}`);
    void message.success(say("link_copied"));
  };
  const change = (question: Asked["question"]) => setAsked({ ...asked, question });
  return (
    <NamesProvider value={names}>
      <PageHead title={say("title")} lead={say("lead")}>
        <Button onClick={() => setDrawer("saved")}>{say("saved")}</Button>
        <Button onClick={() => void copy()}>{say("copy_link")}</Button>
        {may("questions.save") && (
          <Button type="primary" disabled={lacking.length > 0} onClick={() => setDrawer("save")}>
            {say("save")}
          </Button>
        )}
      </PageHead>
      <KindChoice kind={asked.kind} onChange={(kind) => setAsked({ kind, question: carriedOver(asked, kind) })} />
      <div className="ask">
        <section className="card builder" aria-label={say("question")} {...watching}>
          <DatesBar question={asked.question} onChange={change} />
          <FaultsProvider value={{ problem, missing: lacking }}>
            <FieldForm key={asked.kind} fields={fieldsOf(asked.kind)} value={asked.question} onChange={change} place="" />
          </FaultsProvider>
        </section>
        <div className="answer" aria-live="polite">
          {lacking.length > 0 ? <p className="card soft">{say("incomplete")}</p> : <Answered asking={asking} wanted={wanted} background={background?.id ?? null} problem={problem} />}
        </div>
      </div>
      <SaveQuestion asked={asked} open={drawer === "save"} onClose={() => setDrawer(null)} />
      <SavedQuestions open={drawer === "saved"} onClose={() => setDrawer(null)} />
    </NamesProvider>
  );
}

/** Another kind begins blank, but about the same days and with the same conditions. */
export function carriedOver(asked: Asked, kind: Kind): Asked["question"] {
  const { date_from, date_to, where } = asked.question;
  const kept = Object.entries({ date_from, date_to, where }).filter(([, value]) => value !== undefined);
  return { ...blankQuestion(kind), ...(Object.fromEntries(kept) as Asked["question"]) };
}

function useProblem(error: ApiError | null, kind: Kind): Problem | null {
  return useMemo(
    () => (error?.status === 422 ? problemOf(error.message, allFields(kind).map((field) => field.name)) : null),
    [error, kind],
  );
}

interface Answering {
  readonly asking: ReturnType<typeof useEnvelope>;
  readonly wanted: Parameters<typeof startJob>[0];
  /** The job that answers it in the background, begun here or before this page was opened. */
  readonly background: string | null;
  readonly problem: Problem | null;
}

/** What stands where the answer goes: the answer, the waiting, or what went wrong. */
function Answered({ asking: { query, stop }, wanted, background, problem }: Answering) {
  const { user, workspace } = useSession();
  const { message } = App.useApp();
  const told = useToldText();
  const toBackground = async () => {
    try {
      const id = await startJob(wanted);
      stop();
      keep({ id, user: user.id, workspace, begun: Date.now(), ...wanted });
    } catch (failure) {
      void message.error(told(failure as Error), 6); // it goes on here
    }
  };
  if (background !== null) return <FromBackground key={background} id={background} />;
  const envelope = query.data;
  return (
    <>
      <Slow isRunning={query.isFetching} onStop={stop} onBackground={() => void toBackground()} />
      {query.error && !query.isFetching ? (
        problem ? (
          <div className="card field-problem">
            <Told failure={query.error} />
          </div> // beside its field too, where the form shows that one
        ) : (
          <ErrorState failure={query.error} onRetry={() => void query.refetch()} />
        )
      ) : envelope ? (
        <Envelope_ envelope={envelope} isOld={query.isPlaceholderData} />
      ) : query.isFetching ? (
        <Waiting rows={8} />
      ) : (
        <Stopped onRun={() => void query.refetch()} />
      )}
    </>
  );
}

/** The answer of a job, its progress until then. It is forgotten once another question is asked. */
function FromBackground({ id }: { id: string }) {
  const { say } = useTalk();
  const job = useJob(id);
  const done = job.data?.state === "done" ? (job.data.answer as Envelope | null) : null;
  const isGone = job.error?.status === 404; // fetched too late: it is asked anew
  const isOverNow = isOver(job.data);
  useEffect(() => {
    if (isGone) drop(id);
    if (!isOverNow) return;
    markSeen(id);
    return () => drop(id);
  }, [id, isGone, isOverNow]);
  if (done) return <Envelope_ envelope={done} isOld={false} />;
  if (job.data?.state === "cancelled") return <Stopped onRun={() => drop(id)} />;
  if (isOverNow || job.error !== null) {
    return <ErrorState failure={job.error ?? new ApiError(422, "failed", job.data?.problem ?? "")} onRetry={() => drop(id)} />;
  }
  const stop = () => void cancelJob(id).then(() => job.refetch());
  return <Running seconds={(job.data?.milliseconds ?? 0) / 1000} note={say("in_background_more")} onStop={stop} />;
}

function Stopped({ onRun }: { onRun: () => void }) {
  const { say } = useTalk();
  return (
    <p className="card soft">
      {say("stopped")} <Button onClick={onRun}>{say("run")}</Button>
    </p>
  );
}

function Slow({ isRunning, onStop, onBackground }: { isRunning: boolean; onStop: () => void; onBackground: () => void }) {
  const seconds = useSeconds(isRunning);
  return isRunning && seconds > SLOW_S ? <Running seconds={seconds} onStop={onStop} onBackground={onBackground} /> : null;
}

function Running({ seconds, note, onStop, onBackground }: { seconds: number; note?: string; onStop: () => void; onBackground?: () => void }) {
  const talk = useTalk();
  const { say } = talk;
  return (
    <div className="card running" role="status">
      <span>{say("running", { time: figure(Math.round(seconds), "seconds", talk) })}</span>
      {note && <small>{note}</small>}
      <Button size="small" onClick={onStop}>
        {say("stop")}
      </Button>
      {onBackground && (
        <Button size="small" onClick={onBackground}>
          {say("background")}
        </Button>
      )}
    </div>
  );
}

function Envelope_({ envelope, isOld }: { envelope: Envelope; isOld: boolean }) {
  const talk = useTalk();
  const [pointed, setPointed] = useState<Pointed | null>(null);
  const { may } = useSession();
  const view = useMemo(() => viewOf(envelope, talk), [envelope, talk]);
  return (
    <div className={isOld ? "old" : ""} data-answered={isOld ? undefined : envelope.kind}>
      {envelope.kind === "heat_map" && <PageFrame envelope={envelope} />}
      <AnswerView view={view} onCell={(cell) => may("profiles.read") && setPointed({ reference: envelope.people, cell })} />
      <Explained envelope={envelope} />
      <PeopleBehind pointed={pointed} onClose={() => setPointed(null)} />
    </div>
  );
}

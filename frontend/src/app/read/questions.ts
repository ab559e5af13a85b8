/* What the view asks. */

import type {
  AgreementAnswer, AgreementQuestion, BeginQuestion, ReadingAnswer, ReadingsAnswer,
  SaveQuestion, TurnAnswer, TurnQuestion,
} from "../api";

export interface ReadQuestions {
  readings(): Promise<ReadingsAnswer>;
  beginReading(question: BeginQuestion): Promise<ReadingAnswer>;
  blindCard(question: TurnQuestion): Promise<TurnAnswer>;
  saveReading(question: SaveQuestion): Promise<TurnAnswer>;
  measureReading(question: AgreementQuestion, signal?: AbortSignal): Promise<AgreementAnswer>;
}

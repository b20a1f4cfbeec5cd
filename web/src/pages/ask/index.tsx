export { AskPage as default } from "./AskPage";

// Words of market talk and what they lean to, chosen by us for Truewind. A smoke-level list: it tells cheer from gloom in many texts, and
// no more. Words stand in one of their forms; `stem` (stem.ts) makes the others meet them.
import { stem } from "./stem.js";

const positive = `
  able accelerate acclaim accomplish accretive achieve acquire advance advantage affirm agree alpha amaze ambitious appreciate approve
  attract award awesome backlog beat beautiful beneficial benefit best better bigger blockbuster bonus boom boost bounce bought brave
  breakthrough breakout bright brilliant bull bullish buy buyback calm celebrate champion cheap cheaper cheer clear climb collaborate
  comfortable commend compelling competitive complete confident confirm congratulations constructive cool creative deliver
  demand dependable desirable diversify dividend dominate double durable eager earn ease easy efficient elite emerge enable encourage
  endorse energize enhance enjoy enrich enthusiasm excel excellent exceed exceptional excite exclusive expand explode explosive extend
  fabulous fair fantastic favor favorable favorite fine first flourish fly fortunate fresh fuel fulfill fun gain gem generous genius glad
  gold good great green grew grow growth happy headway healthy help heal high homerun hope hot huge ideal impress improve increase
  incredible innovate innovative insightful inspire instrumental integrity invest jump keen kudos landmark launch lead leader
  leap lift long love loyal lucrative lucky massive master meaningful merit milestone moon momentum nice nimble notable optimism
  optimistic opportune opportunity oversold outpace outperform outstanding overcome overweight partner patent perfect perk pleased
  plentiful plus popular positive powerful praise precious premium pristine proactive prevail profit profitable progress prolific promise
  promote prosper prosperity proud prudent pump quality quick raise rally ramp rapid reaffirm rebound record recover recovery reliable
  relief remarkable renew repurchase rescue resilient resolve restore reward rich right rise robust rocket rose safe satisfy save score
  secure settle sharp shine sign skyrocket smart smile smooth soar solid solve special spectacular spike squeeze stable star steady
  stellar strength strengthen strong stronger strongest succeed success successful superb superior support surge surpass sustain
  synergy takeoff talent terrific thank thrill thrive tight top tremendous triumph trust unbeatable undervalued unique unlock
  unstoppable upbeat upgrade upside upswing uptick uptrend upward up valuable versatile vibrant victory vigorous visionary vital warm
  wealth welcome well win winner won wonderful worth wow yes zenith
  added awarded beats exceeds higher improves outgrow outsell rises rallied streamline sweeten topped turnaround upturn upsize windfall
  accumulate bargain bid bottomed breakeven calls conviction dip green greenlight highs holding loaded monster multibagger
`;

const negative = `
  abandon abuse abysmal accident accuse adverse afraid against aggravate alarm allege anger annoy antitrust anxiety apologize arrest
  attack avert avoid awful bad bail bailout ban bankrupt bankruptcy bear bearish beaten belly bleak bleed bloodbath blow bomb bored
  boycott breach break broke bubble burden burn bust calamity cancel casualty caution cease chaos cheat clash close closure collapse
  collude complain complaint concern condemn confess conflict confuse contagion contaminate contempt contraction controversy
  corrupt costly counterfeit crack crash crappy crime criminal cripple crisis critical criticize cry curb curtail cut cutback damage danger
  dead deadlock death debacle deceive decelerate decline decrease default defect defer deficiency deficit defraud degrade delay delinquent
  delist demote denied deny deplete depreciate depress depression deter deteriorate devalue devastate difficult difficulty dilute dilution
  dim disadvantage disagree disappoint disappointment disaster discontinue discord disgrace dismal dismiss displace dispute disrupt
  dissatisfy distort distress divest dodgy downbeat downfall downgrade downside downsize downswing downtrend downturn downward down drag
  drain drop drought dud dull dump embargo embarrass embezzle erode erosion error evade evict exaggerate excess exhaust exodus expensive
  exploit expose exposure fade fail failure fake fall falter fault fear fell fiasco fight fire flagrant flaw flee flop fraud fraudulent
  freefall freeze frustrate furlough garbage gloom glut grave grim grind guilty halt hammer harass hard harm hate headwind hell hesitate
  hinder hoax horrible horrid hostile hurdle hurt idle ignore ill illegal illicit impair impairment impasse impede improper inability
  inadequate incident incompetent inefficient inferior infringe injunction injure injury insolvent instability insufficient interrupt
  investigate investigation jail jeopardize junk kill lag lame lapse late launder lawsuit lay laid layoff leak liquidate litigation lose loser
  loss lost low lower lowest lousy malfunction malware manipulate mediocre meltdown mess misconduct mislead mismanage misprice miss mistake
  misuse moron mourn negative neglect negligent nervous nightmare nosedive obsolete obstacle offend omit oppose outage outflow overbought
  overdue overhang overpay overpriced overrun oversupply overvalued overweighed pain panic penalty penalize peril pessimism pessimistic plague
  plummet plunge poor poison pressure problem prosecute protest pullback punish puts quit recall recession reckless red redundancy refuse
  regret reject reluctant resign restate restatement restructure retaliate retreat retrench risk rout ruin sabotage sad sag sanction scam
  scandal scare scarce scrap scrutiny seize selloff sell sever severe shame shed shock short shortage shortfall shrink shut sick sink sinking
  skeptic slash slide slip slow slowdown sluggish slump smash soft sold spam squander stagnant stall stolen stop strain strike struggle stuck
  stupid subpoena sue suffer suspend suspicion terminate terrible terror theft threat threaten toll tough toxic tragedy tragic trap trash
  trouble tumble turmoil ugly unable unacceptable unauthorized underestimate underperform undermine underweight unemployment unfair
  unfavorable unfit unfortunate unhappy unlawful unpaid unprofitable unrest unsafe unsold unsuccessful unsustainable unwilling upset
  vandalize victim violate violation virus volatile vulnerable warn warning wash weak weaken weakness weaker wipe withdraw woe worry worse worsen
  worst worthless wreck writedown writeoff wrong yikes
  bagholder breakdown capitulate dumping lows overextended resistance rugpull sucks topping underwater
`;

const uncertain = `
  almost ambiguous anticipate apparent appear approximate arguably assume assumption attempt believe cautious chance conceivable conditional
  consider contingent could depend dependent doubt estimate eventual exploratory fluctuate forecast guess hope hypothetical if imprecise
  incomplete indefinite indicate intend likelihood likely may maybe might nearly occasional pending perhaps plan possible possibly potential
  predict preliminary presume probable probably project question roughly rumor seem seldom should sometime somewhat speculate
  speculation subject suggest suppose tentative unclear uncertain uncertainty unconfirmed undecided undetermined unexpected unknown
  unlikely unpredictable unproven unsettled unsure variable vary wait watch whether would
`;

/** Direction of a quantity: good, unless the quantity is one that should be small. */
const UP = words("accelerate climb double expand extend gain grew grow higher high increase jump leap rise rose soar spike surge up widen");
const DOWN = words(
  "contract cut decline decrease drop ease fall fell lower low narrow reduce shrink slash slide slip slow sink tumble plummet plunge down",
);
/** Quantities that should be small. */
const BURDENS = words(
  "loss cost expense debt deficit unemployment complaint churn default delinquency impairment layoff liability dilution",
);

const NEGATIONS = words(
  "not no never none nor neither without cannot cant dont doesnt didnt isnt arent wasnt werent wont wouldnt couldnt shouldnt hasnt havent hadnt hardly barely scarcely lack",
);
const STRONGER = words(
  "very extremely highly really so too super incredibly sharply significantly substantially strongly hugely massively deeply totally absolutely much",
);
const WEAKER = words("slightly somewhat little bit marginally mildly modestly partly fairly kinda");

const GLYPHS: readonly (readonly [string, number])[] = [
  ...[..."🚀📈🐂💰🤑😀😃😄😁😊🙂😍🎉👍💪🔥✅🟢💎"].map((glyph): [string, number] => [glyph, 1]),
  ...[..."📉🐻😡😠😢😭😞🙁😱🤮💩👎🔻🔴💀🤡❌"].map((glyph): [string, number] => [glyph, -1]),
];

/** Of emoticons, as they stand in raw and in tokenized texts. */
export const EMOTICONS: ReadonlyMap<string, number> = new Map([
  ...[":)", ":-)", ":d", ":-d", ";)", ";-)", "=)", "(:", "<3", "^_^", ": )"].map((face): [string, number] => [face, 1]),
  ...[":(", ":-(", ":'(", "=(", "):", ":/", ":-/", ">:(", "</3", ": ("].map((face): [string, number] => [face, -1]),
]);

export const EMOJI: ReadonlyMap<string, number> = new Map(GLYPHS);

export interface Entry {
  /** +1, -1, or 0 for words that lean to neither side. */
  readonly polarity: -1 | 0 | 1;
  readonly uncertain: boolean;
  /** +1 up, -1 down, 0 neither. */
  readonly direction: -1 | 0 | 1;
  readonly burden: boolean;
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/).map(stem));
}

/** By stem. A word that stands in two lists of opposite lean leans to neither. */
export const LEXICON: ReadonlyMap<string, Entry> = build();

function build(): Map<string, Entry> {
  const [good, bad, unsure] = [words(positive), words(negative), words(uncertain)];
  const entries = new Map<string, Entry>();
  for (const word of new Set([...good, ...bad, ...unsure, ...UP, ...DOWN, ...BURDENS])) {
    const direction = UP.has(word) ? 1 : DOWN.has(word) ? -1 : 0;
    const polarity = good.has(word) === bad.has(word) ? direction : good.has(word) ? 1 : -1;
    entries.set(word, { polarity, uncertain: unsure.has(word), direction, burden: BURDENS.has(word) });
  }
  return entries;
}

export const isNegation = (word: string): boolean => NEGATIONS.has(stem(word));
export const isStronger = (word: string): boolean => STRONGER.has(stem(word));
export const isWeaker = (word: string): boolean => WEAKER.has(stem(word));

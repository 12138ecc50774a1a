// The words that the rules for sentences know, in lower case. A report of a word that is missing
// extends one line here, and the table of tests/engine by another.

/** @param {...string} lists */
const set = (...lists) => new Set(lists.join(' ').trim().split(/\s+/))

/** After these a full stop never ends a sentence: a name, a number or an example follows. */
export const NEVER_LAST = set(
  'mr mrs ms mx messrs dr drs prof mme mlle mm hr hrn frl dipl ing dra sra srta lic dña sig dott',
  'e.g i.e z.b d.h u.a o.ä m.e v.a i.d.r s.o s.u p.ex p.ej c.-à-d c.à.d f.e',
  'vs viz cf vgl bzw approx aprox ca resp inkl incl exkl excl sog geb verh evtl ggf ggfs insb bes',
  'zzgl abzgl einschl mind esp z.zt zzt z.hd zt fa fam hrsg gez gegr ehem eigtl entspr lfd städt stellv',
  'urspr vermutl versch wg allg betr bzgl dgl jew u.u u.ä i.a österr amtl tägl mtl',
  'gen col lt sgt capt cpt cmdr maj adm gov sen rep pres rev hon supt jmd jmdm jmdn jds',
  'p.s p.p.s n.b abbr attn intl orig prev prob publ usu mgr messrs éd trad réf éts vve mlles mmes',
  'avda ctra urb dpto depto edif excmo excma ilmo fdo lcdo ldo lda máx mín párr sto sta dto gral v.gr',
)

/** After these a full stop ends a sentence only if one begins there beyond doubt. */
export const SELDOM_LAST = set(
  'st ste sr jr inc ltd co corp bros mt ft ave blvd rd str hwy dept univ assn',
  'jh jhd chr v.chr n.chr env av ud uds vd vds ee uu al ph.d b.sc m.sc e.v a.c d.c gmbh mio mrd std',
  'anon asst assoc bldg dist misc natl pkwy prop suppl appt abt bhf hbf hl cie sté cía hnos atte',
  'mon tue tues wed thu thur thurs fri sat sun mo di mi sa lun mié jue vie sáb',
  'pr bd fr do',
)

/** Words also, or names: abbreviations only where they are written with a capital. */
export const CAPITALIZED_ONLY = set(
  'col gen hon rev pres sen rep gov maj mm ing ee fa fam hl prop mon tue wed thu fri sat sun mo di',
  'mi sa lun jue vie sta sto cie wg prob bes pr fr do',
)

/** These often end a sentence; in lower case it goes on. */
export const OFTEN_LAST = set('etc usw u.s.w u.v.m ecc a.m p.m b.c a.d ff الخ')

/** Abbreviations before a number alone; elsewhere they are words, or end a sentence. */
export const BEFORE_NUMBER = set(
  'no nos nr nrn núm num p pp s ss vol vols fig figs ch chap sec sect art arts par bde abb tab',
  'kap ziff abs pág págs pag cap éd ed eds ex ext apt tel tél telf v n c f pt rn tz min max',
  'jan feb mar apr jun jul aug sep sept oct okt nov dec dez janv févr avr juil déc ene abr ago dic',
  'ص ج م ط',
)

/** Units: abbreviations behind a number. */
export const AFTER_NUMBER = set(
  'min mins sec secs hr hrs ft yd yds mi oz lb lbs tsp tbsp pt qt gal pkg pkt el tl msp sek std km',
  'kg cm mm ml cl dl mg mio mrd bd jh',
)

/** Months that are written short before the rest of a date or sentence. */
export const SHORT_MONTH = set('feb aug sept oct nov dec okt dez janv févr juil déc')

/** In front of a single letter that is no initial: “vitamin C. It helps.” */
export const LETTERED = set(
  'vitamin vitamins plan type group team class grade grades section part option point hepatitis',
  'track side size model level row gate block exhibit appendix schedule answer chapter figure drive',
  'influenza note key major minor got get an typ gruppe klasse stufe teil punkt seite hepatite',
  'vitamine groupe classe partie hepatitis vitamina grupo clase parte tipo opción bloque',
)

/** In front of a German ordinal: “am 3. Oktober”. */
export const BEFORE_ORDINAL = set(
  'am der die das den dem des zum zur im vom beim ein eine einen einem einer jeder jeden jedem jede',
  'mein meinen meinem meiner meine dein deinen sein seinen seinem ihr ihren ihrem unser unseren',
  'unserem bis ab seit und oder jedes diesem dieser ins als',
)

/** Behind one. */
export const AFTER_ORDINAL = set(
  'januar jänner februar feber märz april mai juni juli august september oktober november dezember',
  'jahrhundert jahrhunderts mal platz klasse stock weltkrieg weltkriegs geburtstag etage liga runde',
  'advent spieltag lebensjahr bundesliga semester obergeschoss og halbzeit',
)

/** Words of a closed class that sentences begin with. Capitalized, they tell that one begins. */
export const OPENERS = set(
  'the this that these those there here he she it we they you my your his her our their its who what',
  'when where why how which if but and or so then now no yes yeah yep nope not nobody everyone',
  'everybody everything nothing someone somebody something anyone maybe perhaps however also',
  'although though because since while after before once at in on as for from with by just even',
  'still never always today yesterday tomorrow tonight let lets please thanks thank ok okay oh well',
  'mine yours hers ours theirs until unless during despite besides whoever whatever whenever neither',
  'either several few hey hi wow sorry dear having being look see tell come go stop wait',
  'do does did dont cant can could would will was were is are have has had all some many most both',
  'each every any another such only later finally suddenly meanwhile instead otherwise im ive ill',
  'der die das ein eine einen er sie es wir ihr ich du man mein meine meinen dein deine sein seine',
  'unser unsere aber und oder doch dann da dort hier heute gestern morgen jetzt nun wie was wer wo',
  'wann warum weil wenn als ob dass nein ja nicht auch noch nur schon immer nie danach dabei dafür',
  'damit deshalb trotzdem außerdem jedoch alle jeder jede viele manche niemand jemand alles nichts',
  'im am auf bei mit nach von zu für seit kein keine diese dieser dieses später leider bitte danke',
  'le la les un une des du ce cette ces il elle on nous vous ils elles je tu mon ma mes ton ta tes',
  'son sa ses notre nos votre vos leur leurs mais et ou où donc ni puis alors ensuite après avant',
  'quand comme si que qui quoi comment ça cela oui non ne pas rien tout tous toute chaque personne',
  'hier demain maintenant ici là en dans sur sous avec sans pour par chez depuis pendant encore merci',
  'el los las una unos unas este esta estos estas ese esa eso esto él ella ellos ellas nosotros yo',
  'tú usted mis tus sus nuestro nuestra pero y porque para con sin de desde hasta entonces luego',
  'después antes cuando cuándo quién qué dónde cómo sí nunca siempre ya hoy ayer mañana ahora aquí',
  'allí todo todos nada nadie alguien también además aunque gracias mi tu su me te se nos al lo',
)

/** Whether a word is one of them, “It’s”, “Don't” and “J’ai” included. @param {string} word */
export function isOpener(word) {
  const lower = word.toLowerCase()
  if (OPENERS.has(lower)) return true
  const [first = '', rest] = lower.split(/['’]/)
  if (rest === undefined) return false
  return OPENERS.has(first) || OPENERS.has(first + rest) || /^(?:[cdjlmnst]|qu)$/.test(first)
}

/** What a line that was wrapped can end with, and hardly a sentence, headline or verse. */
export const DANGLING = set(
  'the a an this these my your his our their its of to in at by for from with without into onto',
  'about under between through during against than and or but nor because since although while if',
  'when where who whom whose which until unless is are was were be been am has have had would could',
  'should may might must very each every both such more most less as not just',
  'der die das den dem des ein eine einen einem einer eines mein meine meinen meinem meiner dein',
  'deine sein seine seinen ihr ihre ihren unser unsere unseren euer kein keine keinen diese dieser',
  'diesen diesem dieses jede jeder jeden jedes und oder aber sondern denn weil dass daß wenn als ob',
  'wie wo im an auf aus bei beim mit nach von vom vor zu zum zur für über unter um durch gegen ohne',
  'seit bis zwischen neben hinter wegen trotz während sehr ganz nicht noch nur auch mehr ist sind',
  'waren haben hatte hatten wird werden wurde wurden kann konnte wir er ich',
  'le la les un une du de au aux ce cet cette ces mon ma mes ton ta tes son sa ses notre nos votre',
  'vos leur leurs et ou mais donc ni que qui quand où comme parce dans sur sous avec sans par chez',
  'vers entre depuis pendant à en est sont était étaient avait avaient très plus moins ne se je tu',
  'il elle nous vous ils elles',
  'el los las una unos unas del al con sin para sobre hasta desde hacia y e o pero quien cuando',
  'donde porque si mi mis tu tus su sus nuestro nuestra este esta esa ese son eran fue han había',
  'muy más menos',
  'من إلى الى في على عن مع و أو ثم أن أنّ ان التي الذي الذين هذا هذه كان كانت لا ما لكن بين بعد قبل',
)

/** Articles, pronouns and auxiliaries: prose has them, headlines and lists of names hardly. */
export const PROSE = set(
  'the a an i we you he she it they my your his her our their was were is are has had have been',
  'me him us them will would could should',
  'ich wir du er sie es der die das den dem ein eine einen mein meine unser war ist hat hatte habe',
  'haben hatten je j tu il elle on nous vous le la les un une mon ma est était ai avons avait',
  'yo el los las una mi era fue es he hemos había estaba',
)

/** What tells who spoke, in front of or behind a name. */
export const SPEECH_VERBS = set(
  'said asked replied answered whispered shouted yelled cried screamed muttered murmured exclaimed',
  'called added demanded snapped gasped sighed begged repeated wondered sobbed growled hissed barked',
  'pleaded insisted protested warned shrieked wailed whined groaned grumbled howled moaned roared',
  'remarked responded retorted announced declared explained inquired enquired mumbled stammered',
  'ordered teased',
  'dit demanda cria répondit répliqua murmura chuchota hurla lança fit ajouta soupira reprit',
  'demande crie répond souffla gronda ordonna bredouilla balbutia sanglota prévint',
  'dijo preguntó gritó respondió contestó susurró murmuró exclamó añadió chilló suspiró ordenó sollozó',
  'sagte fragte rief antwortete flüsterte schrie brüllte murmelte meinte erwiderte zischte stöhnte',
  'schluchzte stammelte befahl jammerte kreischte wisperte knurrte entgegnete erklärte',
  'قال قالت قلت سأل سألت صرخ صرخت صاح صاحت همس همست أجاب أجابت رد ردت هتف هتفت أضاف أضافت',
)

/** Endings of file names and of addresses without “www”. Those that are words too come below. */
export const FILE_OR_DOMAIN = set(
  'com org net edu gov mil info biz app dev io ai co uk us de fr es it jp cn ru ch at eu nl be se',
  'pl in br au ca me tv to so is no my am as be do id la li pm gg xyz online site shop blog news',
  'txt md pdf doc docx xls xlsx ppt pptx odt ods csv tsv json yml yaml toml ini cfg conf xml html',
  'htm xhtml css scss js mjs cjs jsx ts tsx vue py pyc ipynb rb rs go java kt kts c h cc cpp hpp cs',
  'php pl lua sh bash zsh bat cmd ps exe dll so lib bin iso img dmg deb rpm apk zip gz tar tgz rar',
  'png jpg jpeg gif svg webp ico bmp tif tiff mp mpg mpeg mov avi mkv wav ogg flac psd ttf woff log',
  'bak tmp lock env sql db sqlite onnx wasm swift r m tex bib srt sub epub mobi gitignore',
)

/** What ends a sentence in front of such a word: “i like it.so good” is no address. */
export const NO_FILE_NAME = set(
  'it that this me you him her us them too now today here there so home day good great',
)

/** First parts of words that keep their hyphen where a line ends: “self-” “made”. */
export const HYPHENATED = set(
  'self well ill half high low long short ex non all cross old new early late mid so far hard easy',
  'two three four five six seven eight nine ten twenty thirty forty fifty sixty seventy eighty',
  'ninety first second third one much never ever open part full good hand home left right user',
)

/** What follows a hyphen in place of part of a word: “Haupt- und Nebensätze”. */
export const AFTER_OPEN_HYPHEN = set('und oder bis sowie and or to et ou y o')

/** Numbers that are written as words, as far as measures and abbreviations stand beside them. */
export const NUMBER_WORDS = set(
  'one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty',
  'sixty hundred half a few several',
  'ein eine einen zwei drei vier fünf sechs sieben acht neun zehn elf zwölf fünfzehn zwanzig dreißig',
  'vierzig fünfzig sechzig hundert halbe paar einige',
  'un une deux trois quatre cinq six sept huit neuf dix douze quinze vingt trente quarante cinquante',
  'soixante cent quelques una uno dos tres cuatro cinco seis siete ocho nueve diez doce quince veinte',
  'treinta cuarenta cincuenta sesenta cien unos',
)

/** With a word that joins before it, as open at a line’s end as that word: “and then”. */
export const JOINED_ADVERB = set(
  'then now so also still even yet maybe perhaps therefore dann nun auch noch daher deshalb puis alors',
  'aussi ensuite luego entonces también después ahora',
)

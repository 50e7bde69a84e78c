// Package wordle is the game: which word a day has, what a guess tells, what hard mode
// forbids, and how well somebody plays. It knows no rooms and no database, and asks neither
// the clock nor chance.
//
// # The contract
//
// A word is five letters from a to z, in lower case. Guess takes any text and says what is
// wrong with it; all other functions take words as Clean returns them.
//
// Days have numbers: day 1 is the first of January 2026, and a day lasts from midnight to
// midnight in a place's own time. Everybody has the same word on the same day. All answers
// come once, in an order that looks like chance, before one comes a second time.
//
// A Game and Stats are values to be stored as JSON. A game carries its answer, so that a
// board that is begun outlives midnight and a change of the words.
package wordle

// The size of the game.
const (
	Letters = 5 // of a word
	Tries   = 6 // guesses of a game
)

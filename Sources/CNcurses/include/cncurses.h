// ncursesw for Swift, and the guard that gives the terminal back on a crash.
//
// Nothing of curses.h shows here: WINDOW, cchar_t, the attribute macros and the variadic functions cannot
// be used from Swift or must not be named there. Each function says why it exists.
#ifndef CNCURSES_H
#define CNCURSES_H

#include <stddef.h>
#include <stdint.h>

// Renditions, in the order of the bits of Canvas.Attributes; mapped to A_BOLD and the others in C,
// because those are macros.
enum {
  CN_BOLD = 1, CN_DIM = 2, CN_UNDERLINE = 4, CN_REVERSE = 8, CN_ITALIC = 16, CN_BLINK = 32
};

// One cell, as cchar_t cannot be made without setcchar, which wants wchar_t and a pointer for wide pairs.
struct cn_cell {
  uint32_t scalars[3];  // base and up to two combining marks; 0 where there is none
  int32_t pair;
  uint8_t width;        // 1 or 2, by our own table
  uint8_t attributes;
};

// What setupterm finds: 1 an entry, 0 none of that name, -1 no terminfo database.
int cn_lookup(const char *term);

// newterm writing into `sink`, a file and not the terminal: curses then never blocks on a slow link, every
// byte is counted, and termios stays ours. 0 or -1.
int cn_open(const char *term, int sink, int height, int width);
void cn_close(void);

// Capabilities of the terminal last looked up or opened; NULL, -1 and 0 where absent.
const char *cn_string(const char *capability);
int cn_number(const char *capability);
int cn_flag(const char *capability);
// tparm is variadic. NULL where it fails.
const char *cn_format(const char *string, int a, int b);

// COLORS and COLOR_PAIRS are variables of the C library that macros may hide.
int cn_start_color(void);  // 1 where default colours can be used
int cn_colors(void);
int cn_pairs(void);
int cn_init_pair(int pair, int foreground, int background);

// Drawing on stdscr, which may be a macro.
void cn_put(int y, int x, const struct cn_cell *cells, int count);
void cn_cursor(int y, int x);
void cn_hide_cursor(void);
void cn_erase(void);
// The next cn_update repaints everything.
void cn_redraw(void);
void cn_resize(int height, int width);
// Writes what differs into the sink.
int cn_update(void);
// endwin; a later cn_update brings the screen back.
void cn_suspend(void);

// 1 where the locale's characters are UTF-8, after setlocale(LC_ALL, "").
int cn_use_locale(void);

// A file in memory that no name leads to; -1 with errno. memfd_create is Linux's alone.
int cn_scratch_file(void);

// --- The guard: signals and crashes ---------------------------------------------------------------

// Blocks the signals that the screen reads, in this thread and those it starts.
void guard_block_signals(void);
void guard_unblock_signals(void);

// Installs handlers that write the signal's number into `pipe`; and for crashes, ones that restore the
// terminal and hand the signal on to whoever had it before.
void guard_install(int pipe);
void guard_uninstall(void);

// Remembers how `input` is set and puts it into raw mode; 0 or -1. `output` is where a crash writes `goodbye`,
// which must undo whatever has been sent to the terminal.
int guard_enter(int input, int output, const char *goodbye, size_t length);
// Back to how `input` was set.
void guard_leave(void);
// Raw mode again, after guard_leave.
int guard_reenter(void);

// While the screen is up, what others write to standard error goes into a file, so as not to scribble on it;
// it comes out when the screen is left, after a crash too.
void guard_capture_stderr(void);
void guard_release_stderr(void);

// Stops this process (or its whole group, as Ctrl-Z would) with SIGTSTP's default action; returns after
// SIGCONT.
void guard_stop(int whole_group);

#endif

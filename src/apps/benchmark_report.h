#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace flexunet {

/// What training steps took, on average.
struct StepTimes {
  double computing = 0;  ///< seconds of a step, without waiting
  double waiting = 0;    ///< seconds of a step until its batch was there
  double images_per_second = 0;
  std::size_t steps = 0;  ///< that were timed

  double seconds() const { return computing + waiting; }
};

/// What an epoch is made of, in seconds.
struct EpochTimes {
  double computing = 0;  ///< training steps, without waiting
  double waiting = 0;    ///< for data, in training
  double validation = 0;
  double checkpoint = 0;
  double previews = 0;

  double training() const { return computing + waiting; }
  double seconds() const { return training() + validation + checkpoint + previews; }
};

/// The part of an epoch that takes longest, in words.
std::string limited_by(const EpochTimes& epoch);

/// A setting that was tried or follows from what was measured.
struct Alternative {
  std::string setting;  ///< as the user writes it: "--precision bfloat16"
  double speedup = 1;   ///< how many times as many images a second
  std::string remark;   ///< what else it changes; may be empty
};

/// Those that help, the best first, a line each; a gain below a tenth is not told.
std::vector<std::string> suggestions(std::vector<Alternative> alternatives);

/// What so many epochs take, for people; early stopping may end them sooner.
std::string describe_epoch(const EpochTimes& epoch);
std::string describe_run(const EpochTimes& epoch, int epochs, bool may_stop_early);

/// Seconds for people: "0.35 s", "12 s", "20 min", "3.5 h".
std::string duration_text(double seconds);

}  // namespace flexunet

#include <fmt/format.h>

#include <string>

#include "flexunet/console/console.h"
#include "flexunet/console/program.h"
#include "generator/phantom/dicom_phantom.h"
#include "generator/phantom/phantom.h"

namespace flexunet {
namespace {

struct PhantomArguments {
  PhantomRequest request;
  bool as_dicom = false;
};

void add_phantom_options(CLI::App& app, PhantomArguments& arguments) {
  PhantomRequest& request = arguments.request;
  app.add_option("OUT", request.out, "New or empty folder")->type_name("FOLDER")->required();
  app.add_option("--count", request.count, "Number of pairs (slices of all patients), at least 10")
      ->type_name("IMAGES")
      ->capture_default_str();
  app.add_option("--size", request.size, "Width and height in pixels")
      ->type_name("N")
      ->capture_default_str();
  add_seed_option(app, request.seed, "The same seed gives the same files");
  CLI::Option* force =
      app.add_flag("--force", request.force, "Write into a folder that is not empty");
  app.add_flag("--dicom", arguments.as_dicom,
               "Write scans of several patients, not split: OUT/images/PATIENT/*.dcm and "
               "OUT/masks/PATIENT/*.png (255 = bone)")
      ->excludes(force);
}

void make_phantoms(const PhantomArguments& arguments) {
  const PhantomRequest& request = arguments.request;
  if (arguments.as_dicom) {
    write_scan_phantoms({request.out, request.count, request.size, request.seed});
    const int patients = (request.count + kSlicesPerPatient - 1) / kSlicesPerPatient;
    say(fmt::format("{}: {} DICOM slices of {} patients, {}x{} pixels, seed {}",
                    request.out.string(), request.count, patients, request.size, request.size,
                    request.seed));
    return;
  }
  write_phantoms(request);
  say(fmt::format("{}: {} pairs of {}x{} pixels, seed {}", request.out.string(), request.count,
                  request.size, request.size, request.seed));
}

}  // namespace
}  // namespace flexunet

int main(int argc, char** argv) {
  using namespace flexunet;
  PhantomArguments arguments;
  ProgramInfo info{
      "flexunet-phantom",
      "Writes synthetic knee MRI slices with bone masks, split into train, valid and "
      "test:\nOUT/{train,valid,test}/{images,masks}/10001.png ...; with --dicom as scans",
      "flexunet-phantom dataset/Phantom --count 60 --size 128 --seed 137\n\n"
      "In the config: rgb_map = {(0,0,0):0, (128,40,40):1}, num_classes = 2"};
  info.config_option = "";
  return run_program(
      info, argc, argv, [&](CLI::App& app, Arguments&) { add_phantom_options(app, arguments); },
      [&](const Arguments&) { make_phantoms(arguments); });
}

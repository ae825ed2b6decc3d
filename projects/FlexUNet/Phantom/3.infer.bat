@echo off
rem Predicts the masks of the images in [infer] images_dir. Further arguments are passed on. Untested.
setlocal
cd /d "%~dp0"
call ..\..\find_program.bat flexunet-infer || exit /b 2
"%FLEXUNET_PROGRAM%" train_eval_infer.config %*
